/// What gmond tells whoever connects to it, and gmetad polls (Ganglia 3.7, `gmond/gmond.c` and
/// `lib/gm_protocol.x`; gmetad reads it with `gmetad/process_xml.c`). ISO-8859-1: what is outside
/// of it becomes `?`, and what XML has no place for is left out.
public struct GangliaXML: Sendable {
    /// gmetad calls a host down once `TN` is above four times `TMAX` (`gmetad/process_xml.c`): so
    /// 45 seconds are three minutes of silence.
    public static let hostTMAX = 45

    public struct Host: Sendable {
        public var name: String
        public var address: String
        /// Seconds since 1970 when it was heard, and how long ago that is.
        public var reported: Double
        public var silentSeconds: Double
        /// Seconds since 1970 when its reports began.
        public var started: Double
        public var metrics: [Metric]

        public init(
            name: String, address: String, reported: Double, silentSeconds: Double,
            started: Double, metrics: [Metric]
        ) {
            self.name = name
            self.address = address
            self.reported = reported
            self.silentSeconds = silentSeconds
            self.started = started
            self.metrics = metrics
        }
    }

    public struct Metric: Sendable {
        public var name: String
        public var value: Double
        public var units: String
        public var ageSeconds: Double

        public init(name: String, value: Double, units: String, ageSeconds: Double) {
            self.name = name
            self.value = value
            self.units = units
            self.ageSeconds = ageSeconds
        }
    }

    /// The whole document. `interval`: seconds between two values of a metric.
    public static func document(
        cluster: String, now: Double, interval: Double, hosts: [Host]
    ) -> [UInt8] {
        var text = """
            <?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?>
            <GANGLIA_XML VERSION="3.7.2" SOURCE="gmond">
            <CLUSTER NAME="\(escaped(cluster))" LOCALTIME="\(Int(now))" OWNER="unspecified" \
            LATLONG="unspecified" URL="unspecified">

            """
        for host in hosts { add(host, interval: interval, to: &text) }
        text += "</CLUSTER>\n</GANGLIA_XML>\n"
        return text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }

    private static func add(_ host: Host, interval: Double, to text: inout String) {
        text += """
            <HOST NAME="\(escaped(host.name))" IP="\(escaped(host.address))" TAGS="" \
            REPORTED="\(Int(host.reported))" TN="\(whole(host.silentSeconds))" \
            TMAX="\(hostTMAX)" DMAX="0" LOCATION="unspecified" \
            GMOND_STARTED="\(Int(host.started))">

            """
        for metric in host.metrics where metric.value.isFinite {
            text += """
                <METRIC NAME="\(escaped(metric.name))" VAL="\(metric.value)" TYPE="double" \
                UNITS="\(escaped(metric.units))" TN="\(whole(metric.ageSeconds))" \
                TMAX="\(whole(interval))" DMAX="0" SLOPE="both" SOURCE="gmond"/>

                """
        }
        text += "</HOST>\n"
    }

    /// gmetad reads these numbers with strtol(3).
    private static func whole(_ seconds: Double) -> Int {
        Int(max(0, min(seconds, Double(Int32.max))))
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value): break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
