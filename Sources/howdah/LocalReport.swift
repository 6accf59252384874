internal import LocalCloud
internal import PanelAPI

/// What `howdah local up` and `status` print.
enum LocalReport {
    static func lines(_ result: LabUp.Result) -> [String] {
        var lines = [
            "\(result.nodes.count) nodes up in \(seconds(result.seconds)) s; "
                + "the page: \(result.endpoints.panel)/", "",
        ]
        for node in result.nodes {
            let boot = node.bootSeconds.map { "booted in \(seconds($0)) s" } ?? ""
            lines.append("\(node.name)  \(node.address)  \(node.instance)  \(boot)")
            for step in node.steps {
                lines.append(
                    "    \(seconds(step.startSeconds)) s  \(step.name)  "
                        + "\(seconds(step.seconds)) s  \(step.outcome.rawValue)")
            }
        }
        lines += [
            "", "look around:  howdah local status | exec NODE -- COMMAND | shell NODE | logs NODE",
            "clean up:     howdah local down", "state, logs:  \(result.state)",
        ]
        return lines
    }

    static func lines(_ status: LabStatus) -> [String] {
        let services = status.services.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value ? "runs" : "is dead")" }
        var lines = [
            "services: " + services.joined(separator: ", "), "apart by: \(status.isolation.words)",
            "nodes are: \(status.form.words)",
        ]
        if let endpoints = status.endpoints { lines.append("page:     \(endpoints.panel)/") }
        for node in status.nodes {
            let running = status.form == .container ? "powered" : "starting"
            let phase = node.isAlive ? (node.phase?.rawValue ?? running) : "no power"
            lines.append(
                "\(node.name)  \(node.address)  \(node.instance)  \(phase)  ec2: \(node.ec2)  "
                    + "panel: \(node.panel)  \(node.disks.joined(separator: ", "))")
        }
        return lines
    }

    static func seconds(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
