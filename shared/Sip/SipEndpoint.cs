using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip;

/// <summary>
/// A SIP user agent on its sockets: UAS, UAC and registrar (RFC 3261 sections 8 to 15). One loop does everything of the protocol in order;
/// methods may be called from any thread.
/// </summary>
public sealed class SipEndpoint : IAsyncDisposable
{
    private const int OpenAttemptsMax = 20;
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);
    private readonly SipEndpointOptions options;
    private readonly TimeProvider time;
    private readonly SipLoop loop;
    private readonly UserAgent agent;
    private readonly SipTransportSink sink;
    private readonly Registrar? registrar;
    private AddressSockets[] sockets = [];
    private readonly WebSocketTransport webSockets;
    private ITimer? ticker;
    private int tickQueued;
    private bool stopped;

    public SipEndpoint(SipEndpointOptions options, SipHandlers handlers, TimeProvider time)
    {
        if ((options.AdvertisedHost is null && IsAny(options.BindAddress)) || (options.SecondAdvertisedHost is null && IsAny(options.SecondAddress)))
        {
            throw new ArgumentException("AdvertisedHost must be set when BindAddress is any address, SecondAdvertisedHost with SecondAddress: peers need one to answer to.", nameof(options));
        }

        if (options.SecondAddress?.AddressFamily == options.BindAddress.AddressFamily)
        {
            throw new ArgumentException("SecondAddress must be of the other family than BindAddress.", nameof(options));
        }

        this.options = options;
        this.time = time;
        registrar = handlers.Registrar;
        var host = new UserAgentHost { Post = Post, Connect = Connect, Resolve = Resolve, SentBy = SentBy };
        agent = new UserAgent(options, handlers, host, time, Counters);
        loop = new SipLoop(options.Limits.QueueMax, agent.Receive, handlers.Error);
        sink = new SipTransportSink(loop, agent.Trace, Counters.AddDropped, flow => loop.Post(() => agent.FlowClosed(flow)));
        webSockets = new WebSocketTransport(sink, options.Limits, time);
    }

    public SipCounters Counters { get; } = new();

    /// <summary>The bound address and port.</summary>
    public IPEndPoint LocalEndPoint => sockets is [var first, ..] ? first.LocalEndPoint : new(IPAddress.None, 0);

    /// <summary>The bound address and port of TLS; null without it.</summary>
    public IPEndPoint? TlsEndPoint => sockets.FirstOrDefault()?.TlsEndPoint;

    /// <summary>"sip:host:port" by which this endpoint is reached.</summary>
    public string Uri => "sip:" + SipUri.HostPort(options.AdvertisedHost ?? LocalEndPoint.Address.ToString(), options.AdvertisedPort ?? LocalEndPoint.Port);

    /// <summary>True: new INVITEs and OPTIONS outside of a call are answered 503; calls go on.</summary>
    public bool Draining
    {
        get => agent.Draining;
        set => agent.Draining = value;
    }

    /// <summary>Calls in any state.</summary>
    public int CallCount => agent.CallCount;

    /// <summary>Transactions and tombstones in memory.</summary>
    public int TransactionCount => agent.Transactions.Count;

    /// <summary>What is in memory at one moment.</summary>
    public Task<SipCounts> CountAsync() => OnLoopAsync(() => agent.Count());

    /// <summary>Opens the sockets. Throws <see cref="SipPortInUseException"/>.</summary>
    public void Start()
    {
        OpenSockets();
        loop.Start([.. sockets.Select(each => each.Udp).OfType<UdpTransport>()]);
        Array.ForEach(sockets, each => each.Start());
        var tick = TimeSpan.FromMilliseconds(TimerWheel.TickMs);
        ticker = time.CreateTimer(_ => Tick(), null, tick, tick);
    }

    /// <summary>
    /// Takes a WebSocket of subprotocol "sip" that a web server has accepted (RFC 7118), and serves it until either side closes it: whoever
    /// accepted it waits for <see cref="WebSocketFlow.Completion"/>. Pings are the socket's own, by its keep-alive interval and timeout.
    /// </summary>
    /// <param name="socket">The accepted socket.</param>
    /// <param name="secure">True when it came by HTTPS.</param>
    /// <param name="local">The web server's address.</param>
    /// <param name="remote">The peer's address.</param>
    public WebSocketFlow Serve(WebSocket socket, bool secure, IPEndPoint local, IPEndPoint remote) =>
        socket.SubProtocol == WebSocketFlow.Subprotocol
            ? webSockets.Serve(socket, secure, local, remote)
            : throw new ArgumentException($"The subprotocol must be {WebSocketFlow.Subprotocol}, not '{socket.SubProtocol}' (RFC 7118 section 4.1).", nameof(socket));

    /// <summary>Places a call. Events come on the loop.</summary>
    public UacCall Invite(UacInvite invite, Action<SipCallEvent> onEvent)
    {
        if (invite.Sdp.Length == 0)
        {
            throw new ArgumentException("An INVITE carries our offer: set Sdp.", nameof(invite));
        }

        var call = new UacCall(agent, invite) { OnEvent = onEvent };
        Post(call.Start);
        return call;
    }

    /// <summary>Registers and keeps the registration up until it is stopped.</summary>
    public SipRegistration Register(SipRegistrationOptions registration)
    {
        var kept = new SipRegistration(agent, registration);
        Post(kept.Start);
        return kept;
    }

    /// <summary>The value of a Route header by which another endpoint reaches what is connected by that flow; null for UDP and without peers. Any thread.</summary>
    public string? RouteTo(SipFlow flow) => agent.Edge?.RouteTo(flow, SipUri.HostPort(options.AdvertisedHost ?? LocalEndPoint.Address.ToString(), options.AdvertisedPort ?? LocalEndPoint.Port));

    /// <summary>Gives the registrar contacts of an earlier process, over UDP. After <see cref="Start"/>.</summary>
    public void Restore(IEnumerable<SavedBinding> saved) => Post(() =>
    {
        foreach (var b in saved)
        {
            if (Connect(b.Remote, SipTransport.Udp, "") is { } flow)
            {
                registrar?.Restore(new(b.User, b.Domain, b.Contact, flow, b.ExpiresAt, b.CallId, b.CSeq, b.UserAgent) { Path = b.Path, Origin = b.Origin ?? SipOrigin.Of(flow) });
            }
        }
    });

    /// <summary>Asks a peer whether it is there (RFC 3261 section 11): its status code, 408 on silence, 503 when it cannot be sent.</summary>
    public Task<int> OptionsAsync(string uri)
    {
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => agent.RouteUri(SipUri.TryParse(uri, out var target) ? target : null, flow =>
        {
            if (flow is null)
            {
                done.TrySetResult(503);
                return;
            }

            var branch = SipRandom.Branch();
            var request = agent.WriteOutside(SipMethod.Options, uri, agent.LocalAor(flow), uri, SipRandom.CallId(), SipRandom.Tag(), 1, flow, branch, [new SipHeader("Accept", "application/sdp")]);
            agent.Transactions.Send(SipMethod.Options, request, branch, flow, (_, outcome, response) =>
            {
                if (outcome != ClientOutcome.Response || response!.StatusCode >= 200)
                {
                    done.TrySetResult(outcome switch { ClientOutcome.Timeout => 408, ClientOutcome.TransportError => 503, _ => response!.StatusCode });
                }
            });
        }));
        return done.Task;
    }

    /// <summary>Ends all calls (BYE, CANCEL or 480) and waits until the peers have answered, at most that long; then closes the sockets.</summary>
    public async Task StopAsync(TimeSpan deadline)
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        Draining = true;
        Post(agent.EndAll);
        var until = time.GetTimestamp() + (long)(deadline.TotalSeconds * time.TimestampFrequency);
        while (await OnLoopAsync(() => agent.CallCount + agent.Transactions.Waiting) > 0 && time.GetTimestamp() < until)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(TimerWheel.TickMs), time);
        }

        await CloseAsync();
    }

    /// <summary>Closes at once, without BYE; use <see cref="StopAsync"/> to end calls.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!stopped)
        {
            stopped = true;
            await CloseAsync();
        }
    }

    /// <summary>Runs a function on the loop and returns its result: a consistent view of calls and transactions.</summary>
    internal Task<T> OnLoopAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.SetResult(function()));
        return done.Task;
    }

    private async Task CloseAsync()
    {
        if (loop.IsStarted)
        {
            // Sockets of the loop are closed on it: it would wait on numbers that are another's by then.
            await OnLoopAsync(() =>
            {
                agent.AbandonAll();
                Array.ForEach(sockets, each => each.Udp?.Dispose());
                return true;
            });
        }

        if (ticker is not null)
        {
            await ticker.DisposeAsync();
        }

        foreach (var each in sockets)
        {
            await each.DisposeAsync();
        }

        await webSockets.DisposeAsync();
        loop.Dispose();
    }

    private void Post(Action action) => loop.Post(action);

    private void Tick()
    {
        // One tick in the queue is enough: it catches up.
        if (Interlocked.Exchange(ref tickQueued, 1) == 0)
        {
            Post(() =>
            {
                Volatile.Write(ref tickQueued, 0);
                agent.Advance();
                Array.ForEach(sockets, each => each.CloseIdle());
                webSockets.CloseIdle();
            });
        }
    }

    // With port 0 the system chooses one, which may be taken for TCP or at the second address; then it is tried again.
    private void OpenSockets()
    {
        for (var attempt = 1; ; attempt++)
        {
            AddressSockets? first = null;
            try
            {
                first = AddressSockets.Open(new IPEndPoint(options.BindAddress, options.Port), options.Tls?.Port ?? 0, options, sink, time);
                sockets = options.SecondAddress is { } second
                    ? [first, AddressSockets.Open(new IPEndPoint(second, first.LocalEndPoint.Port), first.TlsEndPoint?.Port ?? 0, options, sink, time)]
                    : [first];
                return;
            }
            catch (SipPortInUseException)
            {
                first?.Abandon();
                if (options.Port != 0 || attempt >= OpenAttemptsMax)
                {
                    throw;
                }
            }
        }
    }

    private SipFlow? Connect(IPEndPoint remote, SipTransport transport, string host)
    {
        foreach (var each in sockets)
        {
            if (each.LocalEndPoint.AddressFamily == remote.AddressFamily)
            {
                return each.FlowTo(remote, transport, host);
            }
        }

        return null;
    }

    private string SentBy(SipFlow flow) => SipUri.HostPort(HostOf(flow), flow.Transport switch
    {
        SipTransport.Tls => options.Tls?.AdvertisedPort ?? flow.Local.Port,
        SipTransport.Ws or SipTransport.Wss => flow.Local.Port,
        _ => options.AdvertisedPort ?? LocalEndPoint.Port,
    });

    // What goes by a WebSocket comes back by it, whatever it says.
    private string HostOf(SipFlow flow) =>
        (options.SecondAddress is { } second && flow.Local.AddressFamily == second.AddressFamily ? options.SecondAdvertisedHost : options.AdvertisedHost)
        ?? flow.Local.Address.ToString();

    private static bool IsAny(IPAddress? address) => address is not null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private void Resolve(string name, Action<IPAddress?> then) => _ = ResolveAsync(name, then);

    private async Task ResolveAsync(string name, Action<IPAddress?> then)
    {
        IPAddress? found = null;
        try
        {
            using var deadline = new CancellationTokenSource(ResolveTimeout, time);
            var addresses = await Dns.GetHostAddressesAsync(name, sockets.Length > 1 ? AddressFamily.Unspecified : LocalEndPoint.AddressFamily, deadline.Token);
            found = addresses.FirstOrDefault();
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ArgumentException)
        {
            found = null; // told to the caller as no address: the call ends with a transport error
        }

        Post(() => then(found));
    }
}
