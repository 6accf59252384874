internal import Cluster
internal import FoundationEssentials

extension Probe {
    /// The probe with its variables replaced.
    func expanded(_ expansion: Expansion) throws -> Probe {
        switch self {
        case .port(let host, let port): .port(host: try expansion.expand(host), port: port)
        case .http(let url): .http(url: try expansion.expand(url))
        case .jmx(let url, let bean, let attribute, let contains):
            .jmx(
                url: try expansion.expand(url), bean: bean, attribute: attribute,
                contains: try expansion.expand(contains))
        }
    }

    /// Asks once.
    func answers(_ world: any ReadinessProbing) async -> Bool {
        switch self {
        case .port(let host, let port): return await world.accepts(host: host, port: port)
        case .http(let url): return await world.get(url)?.status == 200
        case .jmx(let url, let bean, let attribute, let contains):
            guard let answer = await world.get("\(url)?qry=\(bean)"), answer.status == 200 else {
                return false
            }
            return JMXAnswer(answer.body)?.text(attribute)?.contains(contains) ?? false
        }
    }

    /// What it waits for, in words.
    var question: String {
        switch self {
        case .port(let host, let port): "port \(port) of \(host) to accept a connection"
        case .http(let url): "'\(url)' to answer 200"
        case .jmx(let url, let bean, let attribute, let contains):
            "'\(attribute)' of '\(bean)' at '\(url)' to contain '\(contains)'"
        }
    }
}

/// The answer of a Hadoop daemon's `/jmx?qry=…`: `{"beans": [{…}]}`, empty until the bean is there.
struct JMXAnswer {
    private struct Answer: Decodable {
        var beans: [[String: Scalar]]
    }

    /// Attributes that are text, numbers or truth values; others count as absent.
    private enum Scalar: Decodable {
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let flag = try? container.decode(Bool.self) {
                self = .text("\(flag)")
            } else if let number = try? container.decode(Int64.self) {
                self = .text("\(number)")
            } else {
                self = .other
            }
        }
    }

    private let bean: [String: Scalar]

    init?(_ body: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)),
            let bean = answer.beans.first
        else { return nil }
        self.bean = bean
    }

    func text(_ attribute: String) -> String? {
        if case .text(let text) = bean[attribute] { text } else { nil }
    }
}
