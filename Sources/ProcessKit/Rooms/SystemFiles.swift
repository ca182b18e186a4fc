import FoundationEssentials

/// What commands see of `/etc`: what programs need to run, and nothing that anybody could keep a secret in.
enum SystemFiles {
    /// Names below `/etc`.
    static var shown: [String] { names + families }

    private static let names = [
        "alternatives", "bash.bashrc", "bash_completion.d", "ca-certificates", "ca-certificates.conf",
        "crypto-policies",
        "debian_version", "default/locale", "environment.d", "ethertypes", "fedora-release", "fonts", "group",
        "host.conf", "hosts", "inputrc", "issue", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "libreadline.conf",
        "locale.alias", "locale.conf", "locale.gen", "localtime", "lsb-release", "magic", "magic.mime", "mailcap",
        "mime.types", "networks", "nsswitch.conf", "os-release", "passwd", "pki/ca-trust", "pki/tls/certs",
        "profile", "profile.d", "protocols", "redhat-release", "resolv.conf", "rpc", "services", "shells",
        "ssl/cert.pem", "ssl/certs", "ssl/openssl.cnf", "terminfo", "timezone", "vconsole.conf", "xattr.conf",
    ]

    /// Configuration of languages, whose names hold versions: `java-17-openjdk`, `python3.11`.
    private static var families: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/etc")) ?? []
        return all.filter { name in prefixes.contains { name.hasPrefix($0) } }.sorted()
    }

    private static let prefixes = ["java", "python", "perl", "php", "ruby", "maven", "gradle", "dotnet", "julia", "R"]
}
