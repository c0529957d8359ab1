using CallCenter.Contracts;
using CallCenter.Telephony.Recorder;

namespace CallCenter.Telephony.Spool;

/// <summary>What one earlier run left: its spools, opened again.</summary>
internal sealed record EarlierRun(string Folder, EventSpool Events, BlockSpool Blocks);

/// <summary>
/// Takes over what earlier runs left on disk. The lock on the data folder proves that they are dead.
/// 1. Reads their events and blocks.
/// 2. Ends the contacts they left open, at their last sign of life, and makes that durable.
/// 3. Sends every event that is still on disk again, in order, and ships every block.
/// 4. Deletes the folder when nothing is left in it.
/// </summary>
internal sealed class EarlierRuns(EventPublisher publisher, BlockShipper shipper, TimeProvider clock, ILogger<EarlierRuns> logger)
{
    private readonly List<EarlierRun> runs = [];

    public IReadOnlyList<EarlierRun> All => runs;

    /// <summary>Steps 1 and 2, for every folder but that of this run.</summary>
    public void Open(string root, string thisRun)
    {
        foreach (var folder in Incarnation.Earlier(root, thisRun))
        {
            var name = Path.GetFileName(folder);
            var run = new EarlierRun(folder, new EventSpool(folder, SourceOf(name), clock), new BlockSpool(folder));
            run.Events.Recover(Damaged);
            run.Blocks.Recover(Damaged);
            var lastSign = Incarnation.LastSign(folder);
            Log.EarlierRun(logger, name, run.Events.Depth, run.Events.Open().Count, run.Blocks.Unshipped, lastSign);
            foreach (var contact in run.Events.Open())
            {
                foreach (var e in Endings.Of(contact, lastSign, run.Blocks.Progress))
                {
                    run.Events.Store(e);
                }
            }
            run.Events.Flush();
            run.Events.Complete();
            run.Blocks.Complete();
            runs.Add(run);
        }
    }

    /// <summary>Steps 3 and 4; ends when all is done.</summary>
    public Task Finish(CancellationToken ct) => Task.WhenAll(runs.Select(run => Finish(run, ct)));

    /// <summary>The source of a run's events.</summary>
    public static string SourceOf(string incarnation) => $"telephony/{incarnation}";

    private async Task Finish(EarlierRun run, CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(publisher.Run(run.Events, ct), shipper.Run(run.Blocks, ct));
        }
        finally
        {
            run.Events.Dispose();
            run.Blocks.Dispose();
        }
        if (run.Events.Depth == 0 && run.Blocks.Unshipped == 0)
        {
            Directory.Delete(run.Folder, recursive: true);
        }
    }

    private void Damaged(string file, long bytes) => Log.SpoolDamaged(logger, file, bytes);
}
