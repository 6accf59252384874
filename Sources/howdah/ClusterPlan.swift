internal import Cluster
internal import PanelAPI

/// What a cluster that is to be made consists of, and what it costs: pure, so that it can be
/// printed and nothing else.
struct ClusterPlan: Encodable, Equatable {
    /// As AWS counts a month of an instance.
    static let hoursPerMonth = 730.0

    struct Instances: Encodable, Equatable {
        var role: String
        var count: Int
        var instanceType: String
        var imageID: String
        var market: LaunchOrder.Market
        var template: String
        var profile: String
        var securityGroupIDs: [String]
        /// On demand; nil where `panel.yaml` has no price of the type.
        var costPerMonth: Double?
    }

    struct Volumes: Encodable, Equatable {
        var role: String
        var mount: String
        var count: Int
        var sizeGiB: Int
        var type: String
        var costPerMonth: Double?
    }

    var cluster: String
    var instances: [Instances]
    /// Of the cluster file that was named; the panel makes what nodes claim.
    var volumes: [Volumes]
    /// Nil where a price is missing.
    var costPerMonth: Double?
    /// Types that `panel.yaml` has no price of.
    var unpriced: [String]

    /// `counts` by role; `storage` of the cluster file, for every role.
    init(_ means: ClusterMeans, counts: [(role: String, count: Int)], storage: [Storage]) throws {
        cluster = means.cluster
        let total = counts.reduce(0) { $0 + $1.count }
        guard total <= means.maximumNodes else {
            throw ClusterPlanError(
                "\(total) nodes, and 'maximum-nodes' of '\(means.cluster)' in panel.yaml is "
                    + "\(means.maximumNodes)")
        }
        instances = try counts.filter { $0.count > 0 }.map { role, count in
            guard let template = means.templates.first(where: { $0.role == role }) else {
                throw ClusterPlanError(
                    "'\(means.cluster)' has no 'launch' for the role '\(role)' in panel.yaml")
            }
            return Instances(
                role: role, count: count, instanceType: template.instanceType,
                imageID: template.imageID, market: template.market, template: template.template,
                profile: template.profile, securityGroupIDs: template.securityGroupIDs,
                costPerMonth: template.pricePerHour.map {
                    $0 * Double(count) * Self.hoursPerMonth
                })
        }
        volumes = instances.flatMap { instances in
            storage.filter { !$0.isInstanceStore }.map { storage in
                let size = Int((storage.size.bytes + (1 << 30) - 1) >> 30)
                return Volumes(
                    role: instances.role, mount: storage.mount, count: instances.count,
                    sizeGiB: size, type: storage.type,
                    costPerMonth: means.volumePrices[storage.type].map {
                        $0 * Double(size * instances.count)
                    })
            }
        }
        let prices = instances.map(\.costPerMonth) + volumes.map(\.costPerMonth)
        costPerMonth = prices.contains(nil) ? nil : prices.compactMap(\.self).reduce(0, +)
        unpriced = Set(
            instances.filter { $0.costPerMonth == nil }.map(\.instanceType)
                + volumes.filter { $0.costPerMonth == nil }.map(\.type)
        ).sorted()
    }

    var lines: [String] {
        let instances = instances.map {
            "instances  \($0.count) \($0.role), \($0.instanceType), \($0.market.rawValue), "
                + "\($0.imageID), template \($0.template)\(Self.cost($0.costPerMonth))"
        }
        let policies = self.instances.map {
            "policy     \($0.role): instance profile \($0.profile)"
                + ($0.securityGroupIDs.isEmpty
                    ? "" : ", security groups \($0.securityGroupIDs.joined(separator: " "))")
        }
        let volumes = volumes.map {
            "volumes    \($0.count) for \($0.mount) of \($0.role), \($0.sizeGiB) GiB \($0.type)"
                + Self.cost($0.costPerMonth)
        }
        let total =
            costPerMonth.map { "in all     \(Self.amount($0)) a month" }
            ?? "in all     unknown: panel.yaml has no price of \(unpriced.joined(separator: ", "))"
        return instances + volumes + policies + [total]
    }

    private static func cost(_ amount: Double?) -> String {
        amount.map { ": \(Self.amount($0)) a month" } ?? ""
    }

    /// In the currency of `panel.yaml`'s prices.
    static func amount(_ value: Double) -> String {
        let cents = Int((value * 100).rounded())
        let rest = cents % 100
        return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

struct ClusterPlanError: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
