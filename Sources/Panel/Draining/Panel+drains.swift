internal import Logging
internal import Transfer

extension Panel {
    static func drainWorker(
        _ settings: PanelSettings, _ nodes: NodeRepository, _ masters: MasterRepository,
        _ claims: ClaimRepository, _ launcher: LaunchWorker, _ rolls: MemberRolls,
        _ hdfs: any HDFSView
    ) -> DrainWorker {
        DrainWorker(
            drains: DrainRepository(database: launcher.launches.database),
            observer: DrainObserver(
                settings: settings, nodes: nodes, masters: masters, launches: launcher.launches,
                claims: claims, cloud: launcher.cloud, hdfs: hdfs,
                yarn: YARNReader(transfer: TransferClient()), time: launcher.time),
            decision: DrainDecision(), rolls: rolls, launcher: launcher.wake,
            wake: WakeUp(time: launcher.time), time: launcher.time, logger: launcher.logger,
            pollInterval: launchPollInterval)
    }

    var drainController: DrainController {
        DrainController(
            settings: settings, drains: drains.drains, nodes: nodes, observer: drains.observer,
            rolls: rolls, worker: drains.wake, time: time)
    }
}
