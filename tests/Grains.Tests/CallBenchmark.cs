using System.Diagnostics;

namespace CallCenter.Grains.Tests;

/// <summary>Prints what a local call costs. Not asserted: the machine is shared.</summary>
[Collection("alone")]
public class CallBenchmark(ITestOutputHelper output)
{
    private const int Calls = 200_000;

    [Fact]
    public async Task What_a_call_costs()
    {
        await using var host = await GrainHost.Start(options => options.MailboxLimit = Calls + 1, realTime: true);
        var grain = host.Grains.GetGrain<IEchoGrain>("e");
        var middle = host.Grains.GetGrain<IEchoGrain>("m");
        await Measure("warm-up", () => One(grain));
        await Measure("one caller outside, one call at a time", () => One(grain));
        await Measure("one grain calling another, one call at a time", () => middle.Relay("e", Calls));
        await Measure("one caller outside, calls not awaited one by one", () => Task.WhenAll(Enumerable.Range(0, Calls).Select(i => grain.Echo(i))));
        await Measure("a new grain each call", async () =>
        {
            for (var i = 0; i < Calls; i++)
                await host.Grains.GetGrain<IEchoGrain>(i.ToString(System.Globalization.CultureInfo.InvariantCulture)).Echo(i);
        });
    }

    private static async Task One(IEchoGrain grain)
    {
        for (var i = 0; i < Calls; i++)
            await grain.Echo(i);
    }

    private async Task Measure(string what, Func<Task> run)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        await Task.Run(run);
        var elapsed = watch.Elapsed;
        output.WriteLine($"{what}: {elapsed.TotalMicroseconds / Calls:0.00} us, {(GC.GetTotalAllocatedBytes() - allocated) / Calls} B a call");
    }
}

internal interface IEchoGrain : Orleans.IGrainWithStringKey
{
    Task<int> Echo(int value);

    Task Relay(string to, int calls);
}

#pragma warning disable CA1822 // Grain methods belong to their grain.
internal sealed class EchoGrain : Orleans.Grain, IEchoGrain
{
    public Task<int> Echo(int value) => Task.FromResult(value);

    public async Task Relay(string to, int calls)
    {
        var other = GrainFactory.GetGrain<IEchoGrain>(to);
        for (var i = 0; i < calls; i++)
            await other.Echo(i);
    }
}

/// <summary>Runs after all other tests, so that they do not share its two cores.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
