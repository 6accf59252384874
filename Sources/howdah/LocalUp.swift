internal import ArgumentParser
internal import FoundationEssentials
internal import ImageBuild
internal import LocalCloud

struct LocalUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start a master and slaves, and wait until all are up.",
        discussion: """
            Starts SeaweedFS as S3 and STS, moto as EC2, a Control Panel and a hypervisor, \
            publishes the packages, and runs the instances. What a crash left of an earlier lab \
            in the same folder is cleared first.

            Example:
              howdah local up --slaves 2 --repository build/rpms --key build/key.asc
            """)

    @OptionGroup var lab: LabOptions

    @Option(help: "How many slaves, 0 to \(LabPlan.maximumSlaves).")
    var slaves = 2

    @Option(help: "A folder of RPMs, indexed by 'howdah repo index'.")
    var repository: String?

    @Option(help: "The public key of the packages.")
    var key: String?

    @Option(help: "The cluster file to bake into the instances.")
    var clusterFile = "images/local/cluster.yaml"

    @Option(help: "The folder of stacks to bake into the instances.")
    var stacks = "images/stacks"

    @Option(
        help: """
            howdah-node. Containers: a static program of scripts/build-node \
            [$HOWDAH_CACHE/howdah-node]; others: any [beside howdah].
            """)
    var nodeBin: String?

    @Option(help: "howdah-panel, where it is not beside howdah.")
    var panelBin: String?

    @Option(help: "Seconds until all nodes must be up.")
    var timeout = 240

    @Flag(help: "Come back when the instances are asked for, without waiting until they are up.")
    var noWait = false

    @Flag(help: "Light instances, process trees with a folder as root, also where others can be.")
    var light = false

    @Option(help: "A folder of images as 'howdah image build' makes them: master and slave.")
    var images: String?

    @Option(help: "Where the recipes of the images are that are built without --images.")
    var recipes = "images/roles"

    @Option(help: "The instances' type, which decides how volumes are named: t2.medium is Xen's.")
    var instanceType = "m5.large"

    @Option(
        help: """
            Let the cluster grow by itself to so many slaves, one a minute while their mean load \
            is above --threshold: minutes where a real cluster takes quarters of an hour.
            """)
    var growTo: Int?

    @Option(help: "The load above which it grows.")
    var threshold = 2.0

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        var programs = Programs.beside(LabOptions.program)
        if let nodeBin { programs.node = LabOptions.absolute(nodeBin) }
        if let panelBin { programs.panel = LabOptions.absolute(panelBin) }
        var plan = LabPlan(
            folder: lab.folder, programs: programs, slaves: slaves,
            repository: repository.map(LabOptions.absolute), key: key.map(LabOptions.absolute),
            clusterFile: LabOptions.absolute(clusterFile), stacks: LabOptions.absolute(stacks),
            images: light ? nil : images.map { LocalImages.trees(LabOptions.absolute($0)) },
            instanceType: instanceType,
            growth: growTo.map { LabGrowth(maximum: $0, threshold: threshold) },
            deadline: noWait ? nil : .seconds(timeout))
        try plan.check()
        plan.images = try await chosenImages(plan.images)
        let result = try await LabUp(plan: plan, say: ProgressLine.print).run()
        if json { return try Terminal.printJSON(result) }
        for line in LocalReport.lines(result) { print(line) }
    }

    /// What instances boot from; nil where they are light ones. Says which it is, and why.
    private func chosenImages(_ given: LabImages?) async throws -> LabImages? {
        var choice = try await InstanceForm.find(wantsLight: light)
        let recipes = localImages()
        if choice.form == .container, given == nil, let reason = recipes.missing() {
            choice = InstanceForm.Choice(form: .light, reason: reason)
        }
        ProgressLine.print("nodes are \(choice.form.words) (\(choice.reason))")
        guard choice.form == .container else { return nil }
        if let given { return given }
        try recipes.check()
        // An image that is built anew may be in use by nobody: an earlier lab goes first.
        try await Teardown(folder: lab.folder, say: ProgressLine.print).run()
        return try await recipes.build(output: lab.folder.imageFolder())
    }

    private func localImages() -> LocalImages {
        LocalImages(
            recipes: LabOptions.absolute(recipes), node: nodeBin.map(LabOptions.absolute),
            clusterFile: LabOptions.absolute(clusterFile), stacks: LabOptions.absolute(stacks),
            key: key.map(LabOptions.absolute))
    }
}
