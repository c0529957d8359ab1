using CallCenter.Benchmarks.Invite;
using CallCenter.Benchmarks.Measure;
using CallCenter.Benchmarks.Relay;

namespace CallCenter.Benchmarks;

/// <summary>Managed bytes where garbage would cost most, each part by whoever knows how to load it.</summary>
internal sealed class AllocBench(TimeProvider clock, TextWriter output)
{
    public const string Name = "alloc";

    public async Task<IReadOnlyList<Row>> Run() =>
        [.. await new InviteBench(clock, output).RunAllocation(Name), .. await new RelayBench(clock, output).RunAllocation(Name)];
}
