internal import Cluster

/// Takes secrets out of texts that people are to send around: those that are known by themselves,
/// wherever they stand, and what looks like one.
struct Redactor: Sendable {
    /// A shorter secret is hidden only where its name stands: it would be found in every word.
    static let minimumKnown = 5
    /// Values that are nobody's secret, whatever their names say.
    static let harmless: Set<String> = ["true", "false", ClusterFile.hidden]

    private let known: [String]

    init(known: some Sequence<String>) {
        let long = known.filter {
            $0.utf8.count >= Self.minimumKnown && !Self.harmless.contains($0.lowercased())
        }
        self.known = Set(long.flatMap(Self.forms)).sorted()
    }

    /// What a text with names and values has that is secret, to be hidden in other texts too.
    static func secrets(in text: String) -> [String] {
        let search = SecretSearch(text)
        return search.values(search.all).flatMap { value in
            // In a mapping on one line the next key comes behind a comma.
            [value] + value.split { ", }]\t".contains($0) }.prefix(1).map(String.init)
        }
    }

    func text(_ text: String) -> String {
        let search = SecretSearch(text, known: known)
        return search.replacing(search.all, with: ClusterFile.hidden)
    }

    /// Hides only what is known to be secret: for texts that must stay what they are otherwise.
    func hidingKnown(_ text: String) -> String {
        let search = SecretSearch(text, known: known)
        return search.replacing(search.known, with: ClusterFile.hidden)
    }

    /// As it is, in XML, in a URL and in JSON.
    private static func forms(_ secret: String) -> [String] {
        let percent = secret.utf8.map { byte in
            isPlain(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        let json = secret.flatMap { "\"\\/".contains($0) ? "\\\($0)" : "\($0)" }
        return [secret, BootPlot.escaped(secret), percent.joined(), String(json)]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: Array("-._~".utf8).contains(byte)
        }
    }
}

extension ClusterFile {
    /// Values of settings whose names say that they are secret.
    var secretSettings: [String] {
        settings.values.flatMap { table in
            table.filter { Self.isSecret($0.key) }.map(\.value)
        }
    }
}
