using System.Collections.Concurrent;
using CallCenter.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace CallCenter.Grains.Tests;

/// <summary>A host with the embedded runtime, this assembly's grains and a fake clock.</summary>
internal sealed class GrainHost : IAsyncDisposable
{
    private readonly IHost host;

    private GrainHost(IHost host, FakeClock clock)
    {
        this.host = host;
        Clock = clock;
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public FakeClock Clock { get; }

    public IClusterClient Grains => host.Services.GetRequiredService<IClusterClient>();

    public Journal Journal => host.Services.GetRequiredService<Journal>();

    public GrainRuntime Runtime => host.Services.GetRequiredService<GrainRuntime>();

    public static async Task<GrainHost> Start(Action<EmbeddedGrainsOptions>? configure = null, IReminderStore? reminders = null, FakeClock? clock = null, bool realTime = false)
    {
        clock ??= new FakeClock();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(realTime ? TimeProvider.System : clock);
        builder.Services.AddSingleton<Journal>();
        if (reminders is not null)
            builder.Services.AddSingleton(reminders);
        builder.Services.AddEmbeddedGrains(configure, typeof(GrainHost).Assembly);
        var host = builder.Build();
        await host.StartAsync();
        return new GrainHost(host, clock);
    }

    public Task Stop() => host.StopAsync().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await Stop();
        host.Dispose();
    }
}

/// <summary>What grains write down for the tests to read, and doors at which they wait for the tests.</summary>
internal sealed class Journal
{
    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly List<(int Count, string Line, TaskCompletionSource Seen)> watches = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> doors = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    public void Write(string line)
    {
        lock (gate)
        {
            lines.Add(line);
            var count = lines.Count(written => written == line);
            foreach (var watch in watches.Where(watch => watch.Line == line && count >= watch.Count))
                watch.Seen.TrySetResult();
        }
    }

    /// <summary>Completes when the line has been written that often.</summary>
    public Task Seen(string line, int times = 1)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            watches.Add((times, line, seen));
            if (lines.Count(written => written == line) >= times)
                seen.SetResult();
        }

        return seen.Task.WaitAsync(GrainHost.Patience);
    }

    public Task Door(string name) => DoorOf(name).Task;

    public void Open(string name) => DoorOf(name).TrySetResult();

    private TaskCompletionSource DoorOf(string name) =>
        doors.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
