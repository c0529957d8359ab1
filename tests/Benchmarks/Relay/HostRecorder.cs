using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Media;
using CallCenter.Telephony.Recorder;

namespace CallCenter.Benchmarks.Relay;

/// <summary>
/// What the gateway does with its calls' recordings, by its own parts: taps, sealed blocks, the spool on disk with its flushes, and
/// the way to Recording.
/// </summary>
internal sealed class HostRecorder : IAsyncDisposable
{
    private const string Recording = "Recording"; // the name that the shipper asks for
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(500), LeaveTime = TimeSpan.FromSeconds(30);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(RecordingCipher.DataKeySize);
    private readonly Guid _tenant = Guid.NewGuid();
    private readonly List<(Guid Id, RecordingTap Tap, CallRecording Sink)> _running = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _clock;
    private readonly BlockSpool _spool;
    private readonly ServiceProvider _clients;
    private readonly Task _flushing, _shipping;

    /// <param name="folder">Of the spool.</param>
    /// <param name="recording">Where blocks are shipped to; null: they stay.</param>
    public HostRecorder(string folder, Uri? recording, TimeProvider clock)
    {
        _clock = clock;
        _spool = new BlockSpool(folder);
        var services = new ServiceCollection().AddLogging(log => log.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
        services.AddHttpClient(Recording, client => client.BaseAddress = recording).RemoveAllLoggers();
        _clients = services.BuildServiceProvider();
        _flushing = KeepFlushing();
        var shipper = new BlockShipper(
            _clients.GetRequiredService<IHttpClientFactory>(), clock, Path.Combine(folder, "refused"), _clients.GetRequiredService<ILogger<BlockShipper>>());
        _shipping = recording is null ? Task.CompletedTask : shipper.Run(_spool, _stopping.Token);
    }

    /// <summary>Records both channels of a call from now on.</summary>
    public void Start(MediaEngine engine, MediaLeg caller, MediaLeg agent)
    {
        var id = Guid.NewGuid();
        var sink = new CallRecording(new(_tenant, Guid.NewGuid(), id, Guid.NewGuid()), _key, _spool);
        _running.Add((id, engine.StartRecording(new RecordingOptions { Caller = caller, Agent = agent, Sink = sink }), sink));
    }

    /// <summary>Ends the recordings and waits until what is to leave has left.</summary>
    public async Task<RelayHost.Recorded> Stop()
    {
        var summaries = await Task.WhenAll(_running.Select(one => one.Tap.Stop()));
        foreach (var (id, _, sink) in _running)
        {
            sink.Dispose();
            _spool.Forget(id);
        }

        _spool.Complete();
        await _shipping.WaitAsync(LeaveTime, _clock);
        return new(summaries.Sum(s => s.Blocks), summaries.Sum(s => s.BlocksLost));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _flushing;
        await _shipping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _spool.Dispose();
        await _clients.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task KeepFlushing()
    {
        using var timer = new PeriodicTimer(FlushTime, _clock);
        while (!_stopping.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync();
            _spool.Flush();
        }
    }
}
