using System.Collections.Concurrent;
using System.Net;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Edge;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>What the core needs from around it.</summary>
internal sealed class UserAgentHost
{
    /// <summary>Runs an action on the loop, after what it is doing now.</summary>
    public required Action<Action> Post { get; init; }

    /// <summary>A flow to an address (and the host name it goes by), or null when there is no such transport or no room for a connection.</summary>
    public required Func<IPEndPoint, SipTransport, string, SipFlow?> Connect { get; init; }

    /// <summary>Looks a host name up and posts the answer; null when there is none.</summary>
    public required Action<string, Action<IPAddress?>> Resolve { get; init; }

    /// <summary>Host and port for Via and Contact of what goes by that flow.</summary>
    public required Func<SipFlow, string> SentBy { get; init; }
}

/// <summary>
/// The user agent core (RFC 3261 section 8) of one loop, without sockets: bytes come in by <see cref="Receive"/>, time by <see cref="Advance"/>,
/// bytes go out by flows. Dispatches requests to calls, registrar and handlers.
/// </summary>
internal sealed partial class UserAgent
{
    private const int DefaultPort = 5060, DefaultTlsPort = 5061;
    private readonly SipEndpointOptions options;
    private readonly SipHandlers handlers;
    private readonly UserAgentHost host;
    private readonly TimeProvider time;
    private readonly long startedAt;
    private readonly TimerWheel wheel;
    private readonly Dictionary<byte[], SipCall> dialogs = new(ByteKeyComparer.Instance);
    private readonly HashSet<SipCall> calls = [];
    private readonly SipMessageWriter writer = new();
    private readonly LentMessage lent = new();

    // What calls are to do; one for each time that the host was told so, which costs no closure.
    private readonly ConcurrentQueue<(SipCall Call, Action Action)> orders = new();
    private readonly Action doNext;
    private long nextSecond;

    public UserAgent(SipEndpointOptions options, SipHandlers handlers, UserAgentHost host, TimeProvider time, SipCounters counters)
    {
        this.options = options;
        this.handlers = handlers;
        this.host = host;
        this.time = time;
        Counters = counters;
        startedAt = time.GetTimestamp();
        doNext = DoNext;
        wheel = new TimerWheel(0);
        Transactions = new TransactionLayer(options.Timers, wheel, () => Now, new TransactionUser
        {
            Admit = Admit,
            Request = OnRequest,
            Ack = OnAck,
            StrayResponse = (_, _) => Counters.StrayResponses++,
        });
        Edge = handlers.IsPeer is { } isPeer ? new EdgeProxy(isPeer, SentBy, (address, transport) => host.Connect(address, transport, ""),
            contact => handlers.Registrar?.All.FirstOrDefault(b => b.Contact == contact && b.Flow.IsReliable && b.Flow.IsOpen)?.Flow) : null;
    }

    /// <summary>The way of other endpoints to phones that are connected here; null where there are none.</summary>
    public EdgeProxy? Edge { get; }

    public TransactionLayer Transactions { get; }

    public SipCounters Counters { get; }

    public SipTimers Timers => options.Timers;

    /// <summary>What our calls ask for (RFC 4028); null for nothing.</summary>
    public SessionTerms? SessionTerms =>
        options.SessionExpiresSeconds == 0 ? null : new SessionTerms(Math.Max(options.SessionExpiresSeconds, SessionTimer.SecondsMin), WeRefresh: true);

    /// <summary>Milliseconds since the start.</summary>
    public long Now => (long)time.GetElapsedTime(startedAt).TotalMilliseconds;

    public bool Draining { get; set; }

    public int CallCount => calls.Count;

    public SipCounts Count() => new(Transactions.Count, dialogs.Count, calls.Count, wheel.Count);

    /// <summary>Takes one whole message; the array belongs to the agent from then on.</summary>
    public void Receive(byte[] bytes, SipFlow flow) => Receive(bytes, bytes.Length, flow);

    /// <summary>Takes a message from the first bytes of a buffer that is lent: what is of use beyond the call is copied.</summary>
    public void Receive(byte[] buffer, int length, SipFlow flow)
    {
        Counters.Received++;
        if (handlers.Screen is { } screen && !screen(flow))
        {
            Counters.Refused++;
            return;
        }

        Trace(buffer.AsMemory(0, length), flow, sent: false);
        var message = Parse(buffer, length);
        if (message is null)
        {
            Counters.Malformed++;
        }
        else
        {
            var status = Edge?.Take(message, flow) ?? EdgeProxy.NotOurs;
            if (status == EdgeProxy.NotOurs)
            {
                Transactions.Receive(message, flow);
            }
            else if (status != EdgeProxy.Done)
            {
                Refuse(message, flow, status, null);
            }
        }
    }

    // Requests are kept, by their transactions and by handlers, and refusals are told; of other responses and of ACKs only strings are.
    private SipMessage? Parse(byte[] buffer, int length)
    {
        var start = buffer.AsSpan(0, length);
        var passes = start.StartsWith("SIP/2.0 1"u8) || start.StartsWith("SIP/2.0 2"u8) || start.StartsWith("ACK "u8);
        return passes ? SipParser.Parse(buffer, length, lent, out _) : SipParser.Parse(start.Length == buffer.Length ? buffer : start.ToArray(), out _);
    }

    /// <summary>Fires what is due.</summary>
    public void Advance()
    {
        var now = Now;
        wheel.Advance(now);
        if (now >= nextSecond)
        {
            nextSecond = now + 1000;
            Guard(() => handlers.Registrar?.Expire());
        }
    }

    public void Post(Action action) => host.Post(action);

    /// <summary>Does something for the call on the loop. What cannot be written (a header with a line end) is reported and ends the call.</summary>
    public void Post(SipCall call, Action action)
    {
        orders.Enqueue((call, action));
        host.Post(doNext);
    }

    private void DoNext()
    {
        if (orders.TryDequeue(out var order) && !Guard(order.Action))
        {
            order.Call.ByeNow();
        }
    }

    /// <summary>A connection is gone: what waited on it fails, and who was registered by it is not to be reached any more.</summary>
    public void FlowClosed(SipFlow flow)
    {
        Transactions.FlowClosed(flow);
        Edge?.Tokens.Forget(flow);
        Guard(() => handlers.Registrar?.FlowClosed(flow));
    }

    public void Trace(ReadOnlyMemory<byte> bytes, SipFlow flow, bool sent)
    {
        if (handlers.Trace is { } trace)
        {
            trace(new SipTraceRecord(time.GetUtcNow(), sent, flow.Transport, flow.Local, flow.Remote, bytes));
        }
    }

    /// <summary>Runs a handler of the service; what it throws goes to <see cref="SipHandlers.Error"/>. False when it threw.</summary>
    public bool Guard(Action action) => Guard(static run => run(), action);

    /// <summary>The same without a closure.</summary>
    public bool Guard<T>(Action<T> action, T argument)
    {
        try
        {
            action(argument);
            return true;
        }
#pragma warning disable CA1031 // A service's fault must not stop the loop that all calls share.
        catch (Exception exception)
        {
            handlers.Error(exception);
            return false;
        }
#pragma warning restore CA1031
    }

    public void Schedule(WheelNode node, long at)
    {
        if (at == long.MaxValue)
        {
            wheel.Cancel(node);
        }
        else
        {
            wheel.Schedule(node, at);
        }
    }

    public void Track(SipCall call) => calls.Add(call);

    public void ReplaceDialog(SipCall call, Dialog? old, Dialog next)
    {
        if (old is not null)
        {
            dialogs.Remove(old.Key);
        }

        dialogs[next.Key] = call;
        calls.Add(call);
    }

    public void Forget(SipCall call)
    {
        calls.Remove(call);
        if (call.Dialog is { } dialog && dialogs.TryGetValue(dialog.Key, out var holder) && holder == call)
        {
            dialogs.Remove(dialog.Key);
        }
    }

    /// <summary>Ends every call: the endpoint stops.</summary>
    public void EndAll()
    {
        foreach (var call in calls.ToArray())
        {
            call.ByeNow();
        }
    }

    /// <summary>Gives every call that is left its end, without a word to the peers: the sockets close.</summary>
    public void AbandonAll()
    {
        foreach (var call in calls.ToArray())
        {
            call.Abandon();
        }
    }

    /// <summary>The flow for a request within a dialog: the registration's or NAT's flow, else the way to the next hop.</summary>
    public void RouteDialog(Dialog dialog, Action<SipFlow?> then)
    {
        if (TryRoute(dialog, out var flow))
        {
            then(flow);
        }
        else
        {
            RouteUri(dialog.NextHop(), then);
        }
    }

    /// <summary>The same where nobody has to be asked for it; null: there is no way. False: the next hop is a name.</summary>
    public bool TryRoute(Dialog dialog, out SipFlow? flow)
    {
        flow = dialog.Way;
        if (flow is not null)
        {
            return true;
        }

        var hop = dialog.NextHop();
        if (dialog.Flow.IsOpen && (dialog.KeepsFlow || hop is null || (dialog.RouteSet.Count == 0 && BelongsToFlow(hop, dialog.Flow))))
        {
            flow = dialog.Flow;
        }
        else if (!dialog.Flow.IsOpen && NewFlowOf(dialog) is { } found)
        {
            dialog.Follow(found);
            flow = found;
        }
        else if (!dialog.Flow.IsWebSocket) // nothing else reaches one until it comes back
        {
            if (!TryRoute(hop, out flow))
            {
                return false;
            }

            // Of UDP the way stays the same as long as the dialog's target does.
            dialog.Way = flow is { IsReliable: false } && !dialog.Flow.IsReliable ? flow : null;
        }

        return true;
    }

    /// <summary>The flow of an INVITE; null: there is no way. False: <paramref name="hop"/> is a name.</summary>
    public bool TryRoute(UacInvite invite, out SipUri? hop, out SipFlow? flow)
    {
        (hop, flow) = (null, invite.Flow);
        if (flow is { IsOpen: true })
        {
            return true;
        }

        hop = invite.Route is not null && NameAddress.TryParse(invite.Route, out var route) ? route.Uri : SipUri.TryParse(invite.Target, out var target) ? target : null;
        return TryRoute(hop, out flow);
    }

    public void RouteUri(SipUri? uri, Action<SipFlow?> then)
    {
        if (TryRoute(uri, out var flow))
        {
            then(flow);
        }
        else
        {
            Resolve(uri!, then);
        }
    }

    private void Resolve(SipUri uri, Action<SipFlow?> then)
    {
        var transport = TransportOf(uri)!.Value;
        host.Resolve(uri.Host, found => then(found is null ? null : host.Connect(new IPEndPoint(found, PortOf(uri, transport)), transport, uri.Host)));
    }

    // False: the host is a name that has to be looked up.
    private bool TryRoute(SipUri? uri, out SipFlow? flow)
    {
        flow = null;
        if (uri is null || TransportOf(uri) is not { } transport)
        {
            return true;
        }

        var known = IPAddress.TryParse(uri.Parameter("maddr") ?? uri.Host, out var address);
        flow = known ? host.Connect(new IPEndPoint(address!, PortOf(uri, transport)), transport, uri.Host) : null;
        return known;
    }

    private static int PortOf(SipUri uri, SipTransport transport) => uri.Port != 0 ? uri.Port : transport == SipTransport.Tls ? DefaultTlsPort : DefaultPort;

    // RFC 3261 section 26.2.2: sips is TLS, whatever transport it names; a WebSocket cannot be opened from here.
    private SipTransport? TransportOf(SipUri uri) => (uri.Scheme, uri.Transport) switch
    {
        ("sips", null or "tcp" or "tls") => SipTransport.Tls,
        ("sip", "tls") => SipTransport.Tls,
        ("sip", "tcp") => SipTransport.Tcp,
        ("sip", "udp") => SipTransport.Udp,
        ("sip", null) => options.Udp ? SipTransport.Udp : SipTransport.Tcp,
        _ => null,
    };

    // A client that lost its connection and came back registers the same Contact by a new one (RFC 5626 section 4.5).
    private SipFlow? NewFlowOf(Dialog dialog) =>
        handlers.Registrar is { } registrar && NameAddress.TryParse(dialog.RemoteAddress.AsSpan(), out var peer)
            ? registrar.Find(peer.Uri.User).FirstOrDefault(b => b.Contact == dialog.RemoteTarget && b.Flow.IsOpen)?.Flow
            : null;

    // A private Contact seen from another address is behind a NAT: only the flow reaches it. A connection of the same host is used again.
    private static bool BelongsToFlow(SipUri target, SipFlow flow)
    {
        if (flow.IsWebSocket)
        {
            return true;
        }

        if (!IPAddress.TryParse(target.Host, out var address))
        {
            return target.Host.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);
        }

        return address.Equals(flow.Remote.Address) ? flow.IsReliable : IsPrivate(address);
    }

    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.Equals(IPAddress.IPv6Any);
        }

        // RFC 1918, RFC 3927, RFC 6598
        var b = address.GetAddressBytes();
        return b[0] == 10 || b[0] == 0 || (b[0] == 172 && (b[1] & 0xF0) == 16) || (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) || (b[0] == 100 && (b[1] & 0xC0) == 64);
    }
}
