using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Comparison;
using CallCenter.Simulator.Tally;
using CallCenter.TestKit.Running;

namespace CallCenter.Simulator.Tests;

/// <summary>Simulations against the real system: what it reports is what was seen; a tally that was tampered with is found out.</summary>
[Trait("needs", "server")]
public sealed class SimulationTests
{
    private static readonly TimeSpan Busy = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_figure_agrees_and_a_tampered_tally_does_not()
    {
        await using var center = await RunningCenter.Start();
        var (code, said) = await Simulate(Options(center, seed: 20261) with { Callers = 14, Agents = 6, Callbacks = 60, Transfers = 70 }, AllIsPlayed);
        code.ShouldBe(SimulateCommand.Agrees, said);
        said.ShouldContain(" 0 differences, 0 faults");

        (code, said) = await Simulate(Options(center, seed: 20262) with { Minutes = 0.3, Callbacks = 0, Transfers = 0 }, Tamper);

        code.ShouldBe(SimulateCommand.Differs, said);
        said.ShouldContain(": queue is reported as ");
    }

    [Fact]
    public async Task Kill_9_and_restart_in_the_middle_ends_the_live_calls_and_changes_nothing_else()
    {
        await using var center = await RunningCenter.Start();
        var ct = TestContext.Current.CancellationToken;
        await using var run = new Simulation(Options(center, seed: 20263) with { Survive = true, Minutes = 1.2 }, TimeProvider.System);
        await run.Begin(ct);
        var play = run.Play(ct);
        await Until(run, r => r.Tally.Calls.Count(c => c.Stage == Stage.Over) >= 3 && r.Tally.Calls.Any(c => c.Stage == Stage.Talk) && r.Tally.Calls.Any(c => c.Stage == Stage.Queue));
        await center.Kill();
        await center.Start();
        await play;

        using var supervisor = await run.SignInSupervisor(ct);
        var findings = await new CentreComparison(run, supervisor, TimeProvider.System).Compare(ct);

        run.Tally.Outages.Count.ShouldBe(1);
        findings.Differences.ShouldBeEmpty(string.Join('\n', findings.Differences));
        run.Tally.Faults.ShouldBeEmpty();
        run.Tally.Calls.Count(c => c.Wire.InvitedAt > run.Tally.Outages.First().BackAt && c.VoiceHeardAt is not null).ShouldBeGreaterThan(0, "calls talked after the restart");
    }

    // Machines are busy while tests run: times are compared in seconds, everything else exactly.
    private static SimulateOptions Options(RunningCenter center, int seed) => new()
    {
        ToleranceMs = 2000,
        Callers = 8, Agents = 8, Minutes = 0.5, Seed = seed, Http = center.Address, Sip = center.Sip.ToString(), Data = center.Data,
    };

    private static async Task<(int Code, string Said)> Simulate(SimulateOptions options, Action<Simulation>? played)
    {
        await using var output = new StringWriter();
        var code = await SimulateCommand.Run(options, TimeProvider.System, output, played, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        return (code, output.ToString());
    }

    // Three companies, callbacks and what agents ask of each other, each at least once, else nothing is shown.
    private static void AllIsPlayed(Simulation run)
    {
        var calls = run.Tally.Calls;
        calls.Where(c => c.VoiceHeardAt is not null).Select(c => c.Tenant).Distinct().Count().ShouldBe(3, "companies");
        calls.Count(c => c is { After: not null, Wire.AnsweredAt: not null }).ShouldBeGreaterThan(0, "called back");
        calls.Count(c => c.Ask is { IsTaken: true }).ShouldBeGreaterThan(0, "asks of agents");
        // A full queue, or phones that ring together: which of the two comes up depends on who happens to be free.
        calls.Count(c => c.IsTurnedAway || c is { RangTogether: true, VoiceHeardAt: not null }).ShouldBeGreaterThan(0, "turned away by a full queue, or rang at several agents of whom one answered");
    }

    // A contact is said to have waited in another queue than it did.
    private static void Tamper(Simulation run)
    {
        var call = run.Tally.Calls.First(c => c.Queue is not null && c.VoiceHeardAt is not null);
        call.Queue = run.Queues.Keys.First(q => q != call.Queue);
    }

    private static async Task Until(Simulation run, Func<Simulation, bool> isSo) =>
        await TestKit.Eventually.Get("the rush hour", Busy, () => Task.FromResult(isSo(run)), so => so);
}
