internal import Logging

extension Panel {
    var oldHeartbeats: OldHeartbeats {
        OldHeartbeats(
            settings: settings, nodes: nodes, launches: launches.launches, election: election,
            rolls: rolls, cloud: launches.cloud, time: time)
    }

    static let launchPollInterval = Duration.seconds(2)
    static let lifeInterval = Duration.seconds(5)

    static func launchWorker(
        _ settings: PanelSettings, _ database: PanelDatabase, _ nodes: NodeRepository,
        _ cloud: any Cloud, _ time: PanelTime, _ logger: Logger
    ) -> LaunchWorker {
        let launches = LaunchRepository(database: database)
        return LaunchWorker(
            launches: launches,
            steps: LaunchSteps(
                settings: settings, launches: launches, nodes: nodes, cloud: cloud, time: time),
            cloud: cloud, wake: WakeUp(time: time), time: time, logger: logger,
            pollInterval: launchPollInterval)
    }

    static func careWorker(
        _ database: PanelDatabase, _ claims: ClaimRepository, _ nodes: NodeRepository,
        _ cloud: any Cloud, _ time: PanelTime, _ logger: Logger
    ) -> CareWorker {
        let care = CareRepository(database: database)
        return CareWorker(
            care: care,
            steps: CareSteps(
                care: care, claims: claims, nodes: nodes, cloud: cloud, time: time),
            wake: WakeUp(time: time), time: time, logger: logger,
            pollInterval: launchPollInterval)
    }

    var autoscaler: Autoscaler {
        Autoscaler(
            settings: settings, reader: scalingReader,
            decisions: DecisionRepository(database: database), launches: launches.launches,
            drains: drains.drains, launcher: launches.wake, drainer: drains.wake, rolls: rolls,
            time: time, logger: logger)
    }

    private var scalingReader: ScalingReader {
        ScalingReader(database: database, metrics: metrics, window: reports.loads)
    }

    var lifeKeeper: LifeKeeper {
        LifeKeeper(
            settings: settings, database: database, time: time, logger: logger,
            interval: Self.lifeInterval)
    }

    var volumeCareController: VolumeCareController {
        VolumeCareController(
            settings: settings,
            lister: volumeLister,
            care: care.care, worker: care.wake, time: time)
    }

    var launchController: LaunchController {
        LaunchController(
            settings: settings, launches: launches.launches, nodes: nodes, viewer: viewer,
            cloud: launches.cloud, worker: launches.wake, time: time)
    }

    var clusterLifeController: ClusterLifeController {
        ClusterLifeController(
            settings: settings, nodes: nodes, launches: launches.launches, volumes: volumeLister,
            cloud: launches.cloud)
    }

    private var volumeLister: VolumeLister {
        VolumeLister(
            settings: settings, claims: claims, care: care.care, nodes: nodes,
            cloud: launches.cloud)
    }
}
