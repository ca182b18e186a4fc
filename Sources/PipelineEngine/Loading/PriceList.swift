public import PipelineKit

/// What models cost, as a file lists it; prices are for a million tokens.
///
/// ```yaml
/// version: "2026-11-21"
/// models:
///   anthropic/claude-sonnet-5: { input: 2.00 USD, cached: 0.20 USD, cache_write: 2.50 USD, output: 10.00 USD }
/// ```
public struct PriceList: Sendable, Hashable {
    /// Which list it is: the day it was read off the vendors' pages.
    public var version: String
    private var prices: [String: Price] = [:]

    public init() { version = "" }

    /// - Parameter path: Absolute, or what stands for it in messages.
    /// - Throws: every mistake of the file, each with its line.
    public init(_ path: String, _ read: (String) throws(Failure) -> [UInt8]) throws(Diagnostics) {
        let members = try SettingsFile.read(path, as: File.self, read)
        var reader = FieldReader()
        let file = File(.object(members), &reader) ?? File()
        version = file.version
        prices = file.models.mapValues(\.price)
    }

    /// The price of a model, also of one whose name goes on with a date: `claude-opus-5-20260724`, `gpt-5.2-2025-12-11`.
    public subscript(model: ModelName) -> Price? { prices["\(model)"] ?? prices["\(model)".withoutDate] }

    /// The models of a vendor that stand in the list, by their provider.
    public func models(of provider: ModuleID) -> [String] {
        prices.keys.compactMap { ModelName($0) }.filter { $0.provider == provider }.map(\.model).sorted()
    }

    /// The list with the prices of another one, which count before its own.
    public func overridden(by other: PriceList) -> PriceList {
        var list = self
        list.prices.merge(other.prices) { $1 }
        return list
    }
}

extension PriceList {
    struct File: Fields {
        @Field("The day on which the prices were read.") var version: String = ""
        @Field("The price of each model, by 'provider/name'.") var models: [String: Entry] = [:]
    }

    struct Entry: Fields {
        @Field("Tokens read.") var input: Money
        @Field("Tokens read from the vendor's cache; as 'input' when nothing is said.") var cached: Money? = nil
        @Field("Tokens written into it; as 'input' when nothing is said.") var cacheWrite: Money? = nil
        @Field("Tokens written.") var output: Money
        @Field("Other prices for requests that are longer.") var long: Long? = nil

        var price: Price {
            let rates = Price.Rates(input: input, cached: cached, cacheWrite: cacheWrite, output: output)
            return Price(rates, long: long?.value)
        }
    }

    struct Long: Fields {
        @Field("Tokens read above which all tokens of the request cost this.") var above: TokenCount
        @Field("Tokens read.") var input: Money
        @Field("Tokens read from the vendor's cache; as 'input' when nothing is said.") var cached: Money? = nil
        @Field("Tokens written into it; as 'input' when nothing is said.") var cacheWrite: Money? = nil
        @Field("Tokens written.") var output: Money

        var value: Price.Long {
            let rates = Price.Rates(input: input, cached: cached, cacheWrite: cacheWrite, output: output)
            return Price.Long(above: above.tokens, rates: rates)
        }
    }
}

extension String {
    /// Without `-20260724` or `-2025-12-11` at its end.
    fileprivate var withoutDate: String {
        for shape in [[8], [4, 2, 2]] {
            let parts = split(separator: "-", omittingEmptySubsequences: false)
            let date = parts.suffix(shape.count)
            let isDate = date.map(\.utf8.count) == shape && date.joined().utf8.allSatisfy { (0x30...0x39).contains($0) }
            if isDate, parts.count > shape.count { return parts.dropLast(shape.count).joined(separator: "-") }
        }
        return self
    }
}
