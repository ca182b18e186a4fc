/// The vendors' prices that this product knows of, as YAML.
public enum StandardPrices {
    public static var yaml: [UInt8] { PackageResources.prices_yaml }
}
