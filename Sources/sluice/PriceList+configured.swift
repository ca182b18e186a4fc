import PipelineEngine
import PipelineKit
import StandardModules

extension PriceList {
    /// The prices that come with the product, and before them those of the person's own list.
    ///
    /// - Throws: every mistake of that list.
    static func configured(_ configuration: Configuration) throws(Diagnostics) -> PriceList {
        let standard = try PriceList("prices.yaml") { _ in StandardPrices.yaml }
        guard let path = configuration.prices else { return standard }
        return standard.overridden(by: try PriceList(path, PipelineSources.disk))
    }
}
