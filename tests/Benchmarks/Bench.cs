using CallCenter.Benchmarks.Call;
using CallCenter.Benchmarks.Measure;
using CallCenter.Benchmarks.Relay;

namespace CallCenter.Benchmarks;

/// <summary>A benchmark that can be asked for by name.</summary>
/// <param name="Against">The peer that runs beside it (<c>--vs</c>); null: none.</param>
/// <param name="Reference">What its figures are compared with.</param>
internal sealed record Bench(string Name, string What, string? Against, string Reference, Func<TimeProvider, TextWriter, Task<IReadOnlyList<Row>>> Run)
{
    public static IReadOnlyList<Bench> All { get; } =
    [
        new(CallBench.Name, "whole calls: how many a second, what they cost, how soon a freed agent hears the next caller (7 min)", null, References.Source, (clock, output) => new CallBench(clock, output).Run()),
        new(RelayBench.Relay, "CPU of forwarding a packet of a bridged call, beside rtpengine (4 min)", "rtpengine", "rtpengine of Debian in the same run", (clock, output) => new RelayBench(clock, output).RunRelay()),
        new(RelayBench.Srtp, "the same with a protected leg, both suites (3 min)", null, "the plain relay in the same run", (clock, output) => new RelayBench(clock, output).RunSrtp()),
        new(RelayBench.Wait, "CPU of 1,000 callers waiting with music (1 min)", null, References.Source, (clock, output) => new RelayBench(clock, output).RunWait()),
    ];
}
