public import PipelineKit

/// What can be set of every model that may cost something; a provider declares each as a ``Field``.
public protocol PricedSettings: Fields {
    /// Of a million tokens read.
    var inputPrice: Money? { get }
    /// Of a million tokens read from the vendor's cache.
    var cachedPrice: Money? { get }
    /// Of a million tokens written into the vendor's cache.
    var cacheWritePrice: Money? { get }
    /// Of a million tokens written.
    var outputPrice: Money? { get }
}

extension PricedSettings {
    /// Most vendors ask no more for it.
    public var cacheWritePrice: Money? { nil }

    /// - Returns: the price, when one is given.
    /// - Throws: ``Failure/Kind/invalidInput`` for half a price, as costs counted with it would be wrong.
    public func price() throws(Failure) -> Price? {
        switch (inputPrice, outputPrice) {
        case (let input?, let output?):
            return Price(input: input, cached: cachedPrice, cacheWrite: cacheWritePrice, output: output)
        case (nil, nil) where cachedPrice == nil && cacheWritePrice == nil: return nil
        default: throw Failure(.invalidInput, "A price needs both 'input_price' and 'output_price'.")
        }
    }

    /// - Parameter times: By the names of their fields.
    /// - Throws: ``Failure/Kind/invalidInput`` for a time of no length.
    public func checkTimes(_ times: [(name: String, time: Duration)]) throws(Failure) {
        for (name, time) in times where time <= .zero {
            throw Failure(.invalidInput, "Field '\(name)' must be longer than nothing, but is '\(time.written)'.")
        }
    }
}
