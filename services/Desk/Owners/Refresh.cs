using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Desk.Live;
using CallCenter.Desk.Push;

namespace CallCenter.Desk.Owners;

/// <summary>What is to be read before queues' figures are pushed; each includes those before it.</summary>
internal enum Reading
{
    /// <summary>Nothing: agents changed, their counts are known.</summary>
    Counts = 1,

    /// <summary>The queues.</summary>
    Queues = 2,

    /// <summary>The agents too.</summary>
    Agents = 3,
}

/// <summary>
/// Keeps queues and agents true: reads them from Routing when an event says that they are others now, and every 5 s for what no
/// event tells (settings, an event that was lost), then pushes what changed. At most 4 times a second, however many events there
/// are; not at all while no tab is open.
/// </summary>
internal sealed class Refresh : BackgroundService
{
    /// <summary>Between two pushes of a queue.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5), FreshFor = TimeSpan.FromSeconds(1);

    private readonly OwnerReads _owners;
    private readonly LiveAgents _agents;
    private readonly LiveQueues _queues;
    private readonly Connections _connections;
    private readonly TimeProvider _clock;
    private readonly ILogger<Refresh> _logger;
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _reading = new(1);
    private int _wanted;
    private DateTimeOffset _readAt;
    private bool _failing;

    public Refresh(OwnerReads owners, LiveAgents agents, LiveQueues queues, Connections connections, TimeProvider clock, ILogger<Refresh> logger)
    {
        (_owners, _agents, _queues, _connections, _clock, _logger) = (owners, agents, queues, connections, clock, logger);
        connections.Opened += () => Ask(Reading.Agents);
    }

    /// <summary>Something is another one now.</summary>
    public void Ask(Reading what)
    {
        int wanted;
        do
        {
            wanted = Volatile.Read(ref _wanted);
        }
        while (wanted < (int)what && Interlocked.CompareExchange(ref _wanted, (int)what, wanted) != wanted);
        _asked.Writer.TryWrite(true);
    }

    /// <summary>Reads all, unless that was done within the last second. Throws <see cref="HttpRequestException"/> when Routing does not answer.</summary>
    public async Task Now(CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            if (_clock.GetUtcNow() - _readAt >= FreshFor)
            {
                await Read(Reading.Agents, ct);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = _clock.CreateTimer(_ => Ask(Reading.Agents), null, Period, Period);
        try
        {
            await foreach (var _ in _asked.Reader.ReadAllAsync(stoppingToken))
            {
                if (_connections.Count > 0)
                {
                    await ReadAndPublish((Reading)Interlocked.Exchange(ref _wanted, 0), stoppingToken);
                    await Task.Delay(Pause, _clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ReadAndPublish(Reading what, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            await Read(what, ct);
            if (_failing)
            {
                _failing = false;
                Log.ReadAgain(_logger, "Routing");
            }
        }
        catch (HttpRequestException e)
        {
            // Asked again by the next event or the timer; the clock tells everyone how old the figures are.
            if (!_failing)
            {
                _failing = true;
                Log.ReadFailed(_logger, "Routing", e.Message);
            }
        }
        finally
        {
            _reading.Release();
        }

        _queues.Publish();
    }

    private async Task Read(Reading what, CancellationToken ct)
    {
        var at = _clock.Now();
        if (what >= Reading.Queues)
        {
            _queues.Take(await _owners.Queues(ct), at);
        }

        if (what >= Reading.Agents)
        {
            var begun = _agents.BeginRead();
            _agents.Take(await _owners.Agents(ct), begun);
            _readAt = at;
        }
    }
}
