using CallCenter.TestKit.Running;
using CallCenter.TestKit.Telemetry;

[assembly: AssemblyFixture(typeof(CallCenter.EndToEnd.CentreFixture))]

namespace CallCenter.EndToEnd;

/// <summary>The same as that of the tests against one process, with a process a service.</summary>
public sealed class CentreFixture : IAsyncDisposable
{
    private readonly Lazy<Task<(OtlpReceiver Traces, RunningCenter Center)>> _started = new(Start);

    public async Task<RunningCenter> Center() => (await _started.Value).Center;

    public async Task<OtlpReceiver> Traces() => (await _started.Value).Traces;

    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
        {
            var (traces, center) = await _started.Value;
            await center.DisposeAsync();
            await traces.DisposeAsync();
        }
    }

    private static async Task<(OtlpReceiver, RunningCenter)> Start()
    {
        var traces = await OtlpReceiver.Start();
        return (traces, await RunningCenter.Start(Shape.Fleet, $"Otlp:Endpoint={traces.Endpoint}", "Otlp:MetricsSeconds=2"));
    }
}
