using System.Threading.Channels;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Telephony.Spool;
using CallCenter.Telephony.Trunks;
using MassTransit;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Tells the other gateways which devices are registered here and how many calls there are, and takes what they tell: each change at once, all devices
/// when one asks, calls each second. A notice that is lost with the broker's connection is made up for when it is back: then all ask all.
/// </summary>
internal sealed class GatewayNotices : ITransientHandler
{
    private static readonly TimeSpan BeatEach = TimeSpan.FromSeconds(1), BeatAtMost = TimeSpan.FromMilliseconds(20);

    /// <summary>Agents in one notice.</summary>
    private const int AgentsMax = 100;

    /// <summary>Waiting changes; when there are more everything is told.</summary>
    private const int WaitingMax = 1000;

    private readonly Channel<Guid?> waiting = Channel.CreateBounded<Guid?>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly Channel<bool> counted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Registrations registrations;
    private readonly Admission admission;
    private readonly TimeProvider clock;
    private readonly Neighbours neighbours;
    private readonly SipServer sip;
    private readonly Incarnation incarnation;
    private readonly IBus bus;
    private readonly ILogger<GatewayNotices> logger;
    private long sequence;
    private volatile bool asks, overflowed;

    public GatewayNotices(
        Registrations registrations, Admission admission, Neighbours neighbours, SipServer sip, Incarnation incarnation, IBus bus, TimeProvider clock, ILogger<GatewayNotices> logger)
    {
        (this.registrations, this.admission, this.neighbours, this.sip, this.incarnation, this.bus, this.clock, this.logger) =
            (registrations, admission, neighbours, sip, incarnation, bus, clock, logger);
        registrations.Changed += agent => Tell(agent);
        admission.Changed += () => counted.Writer.TryWrite(true);
        neighbours.Found += Connected;
    }

    private string Sip => sip.Endpoint.Uri["sip:".Length..];

    /// <inheritdoc/>
    public Task Handle(object message, CancellationToken ct)
    {
        switch (message)
        {
            case GatewayDevices told when told.Gateway != incarnation.Name:
                neighbours.Take(told);
                break;
            case GatewayCalls beat when beat.Gateway != incarnation.Name:
                neighbours.Take(beat);
                break;
            case GatewayAsks asked when asked.Gateway != incarnation.Name:
                neighbours.Came(asked.Gateway, asked.Sip);
                Tell(null);
                break;
        }
        return Task.CompletedTask;
    }

    /// <summary>The way is there, or a gateway that was not known: everything is asked and told.</summary>
    public void Connected()
    {
        asks = true;
        Tell(null);
    }

    /// <summary>Tells, one notice after the other, until it is stopped. After the start of SIP.</summary>
    public Task Run(CancellationToken ct) => Task.WhenAll(TellDevices(ct), Beat(ct));

    private async Task Beat(CancellationToken ct)
    {
        var change = counted.Reader.WaitToReadAsync(ct).AsTask();
        for (var beat = 1L; ; beat++)
        {
            var (tenants, trunks) = admission.Calls();
            try
            {
                using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
                late.CancelAfter(Neighbours.SilentMax);
                await bus.Publish(new GatewayCalls(incarnation.Name, Sip, beat, tenants, trunks), late.Token);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // The next beat tells all that this one would have.
                Log.BeatFailed(logger, e.Message);
            }
            await Task.Delay(BeatAtMost, clock, ct);
            await Task.WhenAny(change, Task.Delay(BeatEach, clock, ct));
            ct.ThrowIfCancellationRequested();
            if (change.IsCompleted && counted.Reader.TryRead(out _))
            {
                change = counted.Reader.WaitToReadAsync(ct).AsTask();
            }
        }
    }

    private async Task TellDevices(CancellationToken ct)
    {
        Connected();
        while (await waiting.Reader.WaitToReadAsync(ct))
        {
            HashSet<Guid> agents = [];
            var all = overflowed;
            overflowed = false;
            while (waiting.Reader.TryRead(out var next))
            {
                all |= next is null;
                agents.Add(next ?? default);
            }
            await Tell(all ? registrations.Agents() : [.. agents], ct);
        }
    }

    private void Tell(Guid? agent)
    {
        if (!waiting.Writer.TryWrite(agent))
        {
            overflowed = true;
        }
    }

    private async Task Tell(IReadOnlyCollection<Guid> agents, CancellationToken ct)
    {
        try
        {
            if (asks)
            {
                asks = false;
                await bus.Publish(new GatewayAsks(incarnation.Name, Sip), ct);
            }
            foreach (var some in agents.Chunk(AgentsMax))
            {
                var notice = new GatewayDevices(registrations.Operator, incarnation.Name, Sip, Interlocked.Increment(ref sequence), [.. some.Select(Told)]);
                await bus.Publish(notice, ct);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // What was not told is asked for when the way is there again.
            asks = true;
            Log.NoticeFailed(logger, e.Message);
        }
    }

    private AgentDevices Told(Guid agent) => new(agent, [.. registrations.Of(agent).Select(b => new AgentDevice(
        b.User, b.Domain, b.Contact, b.Origin.Transport.ToString(), b.Origin.Remote.ToString(), b.Path ?? sip.Endpoint.RouteTo(b.Flow), b.ExpiresAt, b.Epoch))]);
}
