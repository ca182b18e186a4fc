/// What a model may be shown, as its vendor documents it.
public struct ImageAllowance: Sendable, Hashable {
    public var mediaTypes: Set<Image.MediaType>
    /// Bytes of one image.
    public var mostBytes: Int
    /// Bytes of all images of a request.
    public var mostBytesOfAll: Int
    /// Images of a request.
    public var mostImages: Int
    /// Tokens that one image counts as, at most.
    public var mostTokens: Int

    public init(
        mediaTypes: Set<Image.MediaType> = Set(Image.MediaType.allCases),
        mostBytes: Int = Image.mostBytes,
        mostBytesOfAll: Int,
        mostImages: Int,
        mostTokens: Int
    ) {
        self.mediaTypes = mediaTypes
        self.mostBytes = mostBytes
        self.mostBytesOfAll = mostBytesOfAll
        self.mostImages = mostImages
        self.mostTokens = mostTokens
    }

    /// Tokens that an image is taken for where nobody counts them: more than nearly any model counts.
    public static let tokensOfUnknown = 10_000

    /// Why an image is not one that the model takes; `nil` when it is.
    func objection(to image: ImageReference) -> String? {
        guard mediaTypes.contains(image.mediaType) else { return "the model does not take \(image.mediaType.rawValue)" }
        guard image.size <= mostBytes else { return "the model takes at most \(mostBytes) bytes" }
        return nil
    }

    /// How many of these images, the oldest first, are not shown any more.
    ///
    /// When there is room for no other one, older ones go until half of the room is free, and not one for each that comes:
    /// all that stands before the first image that is left out has to be read anew by a service that caches requests. What
    /// has gone depends on what came before alone, so it stays gone and the front of the request stays as it is.
    func passed(of images: [ImageReference]) -> Int {
        var (first, count, bytes) = (0, 0, 0)
        for (place, image) in images.enumerated() where objection(to: image) == nil {
            if count == mostImages || bytes + image.size > mostBytesOfAll {
                while first < place, count > mostImages / 2 || bytes + image.size > mostBytesOfAll / 2 {
                    if objection(to: images[first]) == nil {
                        count -= 1
                        bytes -= images[first].size
                    }
                    first += 1
                }
            }
            count += 1
            bytes += image.size
        }
        return first
    }
}

extension ModelRequest {
    /// The request with those images only that a model may be shown; a line of text stands for each of the others.
    ///
    /// - Parameter allowance: `nil` for a model that takes none.
    public func showing(_ allowance: ImageAllowance?) -> ModelRequest {
        guard let allowance else { return leavingOut { _, _ in "the model takes no images" } }
        let passed = allowance.passed(of: imageReferences)
        return leavingOut { number, image in
            allowance.objection(to: image) ?? (number < passed ? "only the latest images are" : nil)
        }
    }

    /// The request without those of its images that are not in ``images``; a line of text stands for each.
    public func withoutMissingImages() -> ModelRequest {
        leavingOut { _, image in images[image.digest] == nil ? "it is not kept any more" : nil }
    }

    /// Of all messages, the oldest first; one that was returned twice stands there twice.
    public var imageReferences: [ImageReference] {
        messages.flatMap { message -> [ImageReference] in
            if case .tool(_, _, _, _, let images) = message { images } else { [] }
        }
    }

    /// The images of a message that have come with the request.
    public func shown(_ references: [ImageReference]) -> [Image] { references.compactMap { images[$0.digest] } }

    private func leavingOut(_ reason: (Int, ImageReference) -> String?) -> ModelRequest {
        var (request, number) = (self, 0)
        for index in messages.indices {
            guard case .tool(let call, let name, var text, let isError, let images) = messages[index], !images.isEmpty
            else { continue }
            var kept: [ImageReference] = []
            for (place, image) in images.enumerated() {
                if let reason = reason(number, image) {
                    text += "\n[image \(place + 1) is not shown: \(reason)]"
                } else {
                    kept.append(image)
                }
                number += 1
            }
            guard kept.count < images.count else { continue }
            request.messages[index] = .tool(call: call, name: name, text: text, isError: isError, images: kept)
        }
        return request
    }
}
