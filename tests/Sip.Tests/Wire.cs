using System.Net;
using System.Text;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>A message on the wire.</summary>
internal sealed record Packet(IPEndPoint From, IPEndPoint To, byte[] Bytes)
{
    /// <summary>"INVITE" or "200 INVITE".</summary>
    public string Name => Message.IsRequest ? Message.MethodName : $"{Message.StatusCode} {Message.CSeqMethod.Name()}";

    public SipMessage Message => SipParser.Parse([.. Bytes], out var reason) ?? throw new InvalidOperationException($"{reason}: {Encoding.UTF8.GetString(Bytes)}");
}

/// <summary>Agents without sockets, one clock, and a network that loses what the test wants lost.</summary>
internal sealed class Wire
{
    private readonly Dictionary<IPEndPoint, Station> stations = [];
    private readonly Queue<Packet> moving = new();

    public FakeClock Clock { get; } = new();

    /// <summary>Every message sent, lost ones too.</summary>
    public List<Packet> Sent { get; } = [];

    /// <summary>True for a packet that never arrives.</summary>
    public Func<Packet, bool> Lose { get; set; } = _ => false;

    public IEnumerable<string> Names => Sent.Select(p => p.Name);

    public Station Add(string address, Registrar? registrar = null, Func<SipMessage, SipFlow, Admission>? admit = null, SipLimits? limits = null, int sessionSeconds = 1800)
    {
        var station = new Station(this, IPEndPoint.Parse(address), registrar, admit, limits, sessionSeconds);
        stations[station.EndPoint] = station;
        return station;
    }

    /// <summary>Loses the first n packets of that name.</summary>
    public void LoseFirst(string name, int count = 1) => Lose = p => p.Name == name && count-- > 0;

    public void Send(Packet packet)
    {
        Sent.Add(packet);
        if (!Lose(packet))
        {
            moving.Enqueue(packet);
        }
    }

    /// <summary>Delivers until nothing moves.</summary>
    public void Settle()
    {
        bool moved;
        do
        {
            moved = stations.Values.Aggregate(false, (any, station) => station.RunPosts() || any);
            while (moving.TryDequeue(out var packet))
            {
                moved = true;
                if (stations.TryGetValue(packet.To, out var station))
                {
                    station.Agent.Receive([.. packet.Bytes], station.FlowTo(packet.From));
                    station.RunPosts();
                }
            }
        }
        while (moved);
    }

    /// <summary>Lets time pass in ticks of the wheel, delivering at each.</summary>
    public void Pass(TimeSpan time)
    {
        Settle();
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(20))
        {
            Clock.Move(TimeSpan.FromMilliseconds(20));
            foreach (var station in stations.Values)
            {
                station.Agent.Advance();
            }

            Settle();
        }
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));
}

/// <summary>One agent on the wire, with the calls and events it got.</summary>
internal sealed class Station
{
    private readonly Wire wire;
    private readonly Queue<Action> posts = new();
    private readonly Dictionary<SipCall, List<SipCallEvent>> events = [];

    public Station(Wire wire, IPEndPoint endPoint, Registrar? registrar, Func<SipMessage, SipFlow, Admission>? admit, SipLimits? limits, int sessionSeconds)
    {
        this.wire = wire;
        EndPoint = endPoint;
        var host = new UserAgentHost
        {
            Post = posts.Enqueue,
            Connect = (remote, transport, _) => new MemoryFlow(wire, endPoint, remote, transport),
            Resolve = (_, then) => then(null),
            SentBy = flow => flow.Local.ToString(),
        };
        var handlers = new SipHandlers { Invite = TakeCall, Error = Errors.Add, Registrar = registrar, Admit = admit };
        Agent = new UserAgent(new SipEndpointOptions { Limits = limits ?? new SipLimits(), SessionExpiresSeconds = sessionSeconds }, handlers, host, wire.Clock, new SipCounters());
    }

    public IPEndPoint EndPoint { get; }

    public UserAgent Agent { get; }

    public List<Exception> Errors { get; } = [];

    public List<UasCall> Calls { get; } = [];

    public Action<UasCall> OnCall { get; set; } = _ => { };

    public UasCall Call => Calls[^1];

    public MemoryFlow FlowTo(IPEndPoint remote) => new(wire, EndPoint, remote, SipTransport.Udp);

    public List<SipCallEvent> EventsOf(SipCall call) => events[call];

    public CallEnded EndOf(SipCall call) => EventsOf(call)[^1].ShouldBeOfType<CallEnded>();

    public UacCall Invite(UacInvite invite)
    {
        var list = new List<SipCallEvent>();
        var call = new UacCall(Agent, invite with { Sdp = Phone.Sdp }) { OnEvent = list.Add };
        events[call] = list;
        Agent.Post(call.Start);
        return call;
    }

    /// <summary>Sends raw text to this agent as if from an address, and settles; line ends become CRLF.</summary>
    public void Inject(string text, string from = "192.0.2.99:5060") => Inject(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), from);

    public void Inject(byte[] bytes, string from = "192.0.2.99:5060")
    {
        Agent.Receive(bytes, FlowTo(IPEndPoint.Parse(from)));
        wire.Settle();
    }

    public bool RunPosts()
    {
        var any = false;
        while (posts.TryDequeue(out var post))
        {
            any = true;
            post();
        }

        return any;
    }

    private void TakeCall(UasCall call)
    {
        var list = new List<SipCallEvent>();
        events[call] = list;
        call.OnEvent = list.Add;
        Calls.Add(call);
        OnCall(call);
    }
}

/// <summary>A flow into the wire.</summary>
internal sealed class MemoryFlow(Wire wire, IPEndPoint local, IPEndPoint remote, SipTransport transport) : SipFlow(transport, local, remote)
{
    public bool Broken { get; set; }

    public override bool IsOpen => !Broken;

    internal override bool Send(ReadOnlyMemory<byte> message)
    {
        if (!Broken)
        {
            wire.Send(new Packet(Local, Remote, message.ToArray()));
        }

        return !Broken;
    }

    internal override SipFlow Toward(IPEndPoint remote) => new MemoryFlow(wire, Local, remote, Transport);
}
