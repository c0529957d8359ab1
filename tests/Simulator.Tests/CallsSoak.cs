using System.Globalization;
using CallCenter.Simulator.Comparison;
using CallCenter.TestKit;
using CallCenter.TestKit.Running;

namespace CallCenter.Simulator.Tests;

/// <summary>
/// Fifty people who call again and again for an hour: every call ends as it should, every figure agrees, and the
/// application holds no more memory, files and ports at the end than after its first minutes.
/// SOAK_MINUTES makes it shorter for a trial.
/// </summary>
[Trait("needs", "server")]
public sealed class CallsSoak
{
    private const int Callers = 50, Parts = 6;
    private const double GrowthMax = 1.10;
    private static readonly TimeSpan SampleEach = TimeSpan.FromSeconds(5), Settled = TimeSpan.FromMinutes(2);

    [Fact(Explicit = true)]
    [Trait("soak", "calls")]
    public async Task An_hour_of_fifty_calls_leaves_nothing_behind()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("SOAK_MINUTES") ?? "60", CultureInfo.InvariantCulture);
        var seed = Environment.TickCount & int.MaxValue;
        var ct = TestContext.Current.CancellationToken;
        await using var center = await RunningCenter.Start();
        var before = Read(center);
        await using var run = new Simulation(
            new() { Callers = Callers, Agents = 8, Minutes = minutes, Seed = seed, ToleranceMs = 1000, Http = center.Address, Sip = center.Sip.ToString(), Data = center.Data }, TimeProvider.System);
        Say($"seed {seed}, {Callers} callers, 8 agents, {minutes} minutes");
        await run.Begin(ct);
        var play = run.Play(ct);
        var samples = await Watch(center, play);
        await play;
        using var supervisor = await run.SignInSupervisor(ct);
        var findings = await new CentreComparison(run, supervisor, TimeProvider.System).Compare(ct);
        var after = await Eventually.Get("ports as before the calls", Settled, () => Task.FromResult(Read(center)), use => use.Ports == before.Ports);

        var parts = samples.Chunk((samples.Count / Parts) + 1).ToList();
        foreach (var part in parts)
        {
            Say($"until {part[^1].At:HH:mm:ss}: resident {Median(part) >> 20} MB, files {part.Max(one => one.Files)} at most, UDP ports {part.Max(one => one.Ports)} at most");
        }

        Say($"calls {run.Tally.Calls.Count}, with an agent {run.Tally.Calls.Count(call => call.VoiceHeardAt is not null)}; figures compared {findings.Compared}, differences {findings.Differences.Count}, faults {run.Tally.Faults.Count}");
        run.Tally.Faults.Concat(findings.Differences.Select(difference => difference.ToString())).ToList().ForEach(Say);
        Say($"files {before.Files} before, {after.Files} after; UDP ports {before.Ports} before, {after.Ports} after");
        run.Tally.Faults.ShouldBeEmpty($"seed {seed}");
        findings.Differences.ShouldBeEmpty($"seed {seed}: " + string.Join('\n', findings.Differences));
        Median(parts[^1]).ShouldBeLessThan((long)(Median(parts[1]) * GrowthMax), "resident memory grew after the first parts of the run");
        parts[^1].Max(one => one.Files).ShouldBeLessThanOrEqualTo((int)(parts[1].Max(one => one.Files) * GrowthMax), "more files open than in the second part");
    }

    private static async Task<List<ProcessUse>> Watch(RunningCenter center, Task until)
    {
        var samples = new List<ProcessUse>();
        using var each = new PeriodicTimer(SampleEach);
        while (!until.IsCompleted)
        {
            samples.Add(Read(center));
            await Task.WhenAny(until, each.WaitForNextTickAsync().AsTask());
        }

        return samples;
    }

    private static ProcessUse Read(RunningCenter center) => ProcessUse.Read(center.ProcessId, TimeProvider.System.GetUtcNow());

    private static long Median(IEnumerable<ProcessUse> part) => part.Select(one => one.Resident).Order().ToList() is var all ? all[all.Count / 2] : 0;

    private static void Say(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);
}
