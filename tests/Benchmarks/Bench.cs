using CallCenter.Benchmarks.Acd;
using CallCenter.Benchmarks.Call;
using CallCenter.Benchmarks.Days;
using CallCenter.Benchmarks.Invite;
using CallCenter.Benchmarks.Measure;
using CallCenter.Benchmarks.Relay;

namespace CallCenter.Benchmarks;

/// <summary>A benchmark that can be asked for by name.</summary>
/// <param name="Against">The peer that runs beside it (<c>--vs</c>); null: none.</param>
/// <param name="Reference">What its figures are compared with.</param>
internal sealed record Bench(string Name, string What, string? Against, string Reference, Func<TimeProvider, TextWriter, Task<IReadOnlyList<Row>>> Run)
{
    /// <summary>What can be asked for alone, behind the name.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Runs those parts; what is measured for a time is measured so long, at that rate when one is given. Null where there are none.</summary>
    public Func<IReadOnlyList<string>, TimeSpan, double?, TimeProvider, TextWriter, Task<IReadOnlyList<Row>>>? RunParts { get; init; }

    public static IReadOnlyList<Bench> All { get; } =
    [
        new(CallBench.Name, "whole calls: how many a second, what they cost, how soon a freed agent hears the next caller (7 min)", null, References.Source, (clock, output) => new CallBench(clock, output).Run()),
        new(CallBench.Fleet, "the same whole calls against one process and against a fleet: how many a second, CPU by member, memory, start (10 min)", null, References.Source, CallBench.RunShapes),
        new(RelayBench.Relay, "CPU of forwarding a packet of a bridged call, beside rtpengine (4 min)", "rtpengine", "rtpengine of Debian in the same run", (clock, output) => new RelayBench(clock, output).RunRelay()),
        new(RelayBench.Srtp, "the same with a protected leg, both suites (3 min)", null, "the plain relay in the same run", (clock, output) => new RelayBench(clock, output).RunSrtp()),
        new(RelayBench.Record, "the same with both channels recorded into the encrypted spool (2 min)", null, "the unrecorded calls in the same run", (clock, output) => new RelayBench(clock, output).RunRecord()),
        new(RelayBench.Talk, "CPU of 200 and 500 bridged and recorded calls, their blocks shipped (2 min)", null, References.Source, (clock, output) => new RelayBench(clock, output).RunTalk()),
        new(RelayBench.Wait, "CPU of 1,000 callers waiting with music (1 min)", null, References.Source, (clock, output) => new RelayBench(clock, output).RunWait()),
        new(InviteBench.Invite, "CPU of a bridged call's signalling, beside Kamailio as a stateful relay (3 min)", "kamailio", "Kamailio of Debian, one UDP worker, in the same run", (clock, output) => new InviteBench(clock, output).RunInvite()),
        new(AllocBench.Name, "managed bytes of a bridged call and of its forwarded packets (2 min)", null, "none: the limits are this project's", (clock, output) => new AllocBench(clock, output).Run()),
        new(AcdBench.Name, $"contacts and agents, durable and in memory; a part alone: acd {string.Join(" | ", AcdBench.Parts)}; --minutes N of each rate, --rate N of contacts a second instead of both (10 min)", null, "the reference that polls SQL each 100 ms, in the same run", (clock, output) => new AcdBench(clock, output).Run(AcdBench.Parts, AcdBench.Length, null))
        {
            Parts = AcdBench.Parts, RunParts = (parts, length, rate, clock, output) => new AcdBench(clock, output).Run(parts, length, rate),
        },
        new(DaysBench.Name, "simulated days by the product's matcher: announced waits, penalties by risk (--trace DIR; seconds a day)", null, "Asterisk's formula of the hold time, played on the same days", (_, output) => Task.FromResult(new DaysBench(output, []).Run())),
        new(InviteBench.Linger, "memory that calls hold on to, and what is left 40 s after the last (3 min)", null, "none: the limits are this project's", (clock, output) => new InviteBench(clock, output).RunLinger()),
    ];
}
