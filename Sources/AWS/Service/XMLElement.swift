/// An element of a service's answer with all that is in it.
struct XMLElement: Equatable {
    var name: String
    var text = ""
    var children: [XMLElement] = []

    static let maximumDepth = 32
    static let maximumElements = 500_000

    /// Reads a whole document.
    static func parse(_ bytes: [UInt8]) throws(XMLReader.Failure) -> XMLElement {
        var reader = XMLReader(bytes)
        var open: [XMLElement] = []
        var root: XMLElement?
        var count = 0
        while let event = try reader.next() {
            switch event {
            case .start(let name):
                count += 1
                guard open.count < maximumDepth, count <= maximumElements, root == nil else {
                    throw XMLReader.Failure(offset: 0, reason: "too many elements")
                }
                open.append(XMLElement(name: name))
            case .text(let text):
                if !open.isEmpty { open[open.count - 1].text += text }
            case .end(let name):
                guard let element = open.popLast(), element.name == name else {
                    throw XMLReader.Failure(offset: 0, reason: "'\(name)' ends out of order")
                }
                if open.isEmpty {
                    root = element
                } else {
                    open[open.count - 1].children.append(element)
                }
            }
        }
        guard let root, open.isEmpty else {
            throw XMLReader.Failure(offset: bytes.count, reason: "the document is not complete")
        }
        return root
    }

    /// The first child of that name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of a child, without blanks around it; nil if there is no child or it is empty.
    func value(_ name: String) -> String? {
        guard let text = self[name]?.text.trimmingBlanks, !text.isEmpty else { return nil }
        return text
    }

    /// The first element of that name, this one or below.
    func first(_ name: String) -> XMLElement? {
        if self.name == name { return self }
        for child in children {
            if let found = child.first(name) { return found }
        }
        return nil
    }
}
