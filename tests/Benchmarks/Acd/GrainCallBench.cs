using System.Diagnostics;
using CallCenter.Benchmarks.Measure;
using CallCenter.Grains;
using Microsoft.Extensions.Options;
using Orleans;

namespace CallCenter.Benchmarks.Acd;

/// <summary>What a call from one caller to a grain of the embedded runtime costs, nothing done in it.</summary>
internal static class GrainCallBench
{
    private const int Calls = 500_000, Rounds = 5;
    private const double CallMaxUs = 2;

    public static async Task<IReadOnlyList<Row>> Run()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddEmbeddedGrains(_ => { }, typeof(GrainCallBench).Assembly);
        using var host = builder.Build();
        await host.StartAsync();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var (near, far) = (grains.GetGrain<IEchoGrain>("near"), grains.GetGrain<IEchoGrain>("far"));
        List<double> outside = [], between = [];
        for (var round = 0; round <= Rounds; round++)
        {
            outside.Add(await Time(() => Call(near)));
            between.Add(await Time(() => far.Relay("near", Calls)));
        }

        await host.StopAsync();
        // The first round is to get warm.
        return
        [
            Row.Of(AcdBench.Name, "grain call, one caller, one call at a time", Quantile.Of([.. outside.Skip(1)], 0.5), "us", limit: CallMaxUs),
            Row.Of(AcdBench.Name, "grain call from another grain", Quantile.Of([.. between.Skip(1)], 0.5), "us", limit: CallMaxUs),
        ];
    }

    private static async Task Call(IEchoGrain grain)
    {
        for (var i = 0; i < Calls; i++)
        {
            await grain.Echo(i);
        }
    }

    private static async Task<double> Time(Func<Task> run)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.Run(run);
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / Calls;
    }
}

internal interface IEchoGrain : IGrainWithStringKey
{
    Task<int> Echo(int value);

    Task Relay(string to, int calls);
}

#pragma warning disable CA1822 // Grain methods belong to their grain.
internal sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<int> Echo(int value) => Task.FromResult(value);

    public async Task Relay(string to, int calls)
    {
        var other = GrainFactory.GetGrain<IEchoGrain>(to);
        for (var i = 0; i < calls; i++)
        {
            await other.Echo(i);
        }
    }
}
