using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Ladder;
using CallCenter.Telephony.Recorder;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Anchor;

/// <summary>What is known of a call when it begins.</summary>
/// <param name="Caller">The number of the caller's side.</param>
/// <param name="Origin">What else the trunk said.</param>
/// <param name="Trunk">By which it came; empty for a call that we place.</param>
/// <param name="Ticket">Its place among the calls of trunk and tenant; null for a call that we place: it takes one when it dials.</param>
/// <param name="Sip">The caller's INVITE; null for a call that we place.</param>
/// <param name="Queue">Whose agents place the call.</param>
internal sealed record Arrival(Guid Contact, DateTimeOffset At, string Caller, CallOrigin? Origin, NumberEntry Number, string Trunk, CallTicket? Ticket, UasCall? Sip, LegMedia Media, IPAddress? Source = null, Guid Queue = default);

/// <summary>
/// A call: one object, one mailbox, one idempotent exit. Everything that happens is put into the mailbox and taken out by one
/// loop, which asks <see cref="CallTable"/> and does what it says.
/// <code>
///   SIP, media, timers, commands, edge ──> mailbox ──> CallTable ──> actions: events, SIP, media, edge
/// </code>
/// </summary>
internal sealed partial class Call
{
    /// <summary>Waiting work of one call. Digits and re-INVITEs, which a peer can send as it likes, stop at half of it.</summary>
    public const int MailboxMax = 2048;

    /// <summary>After so many faults the call is given up; the next start finds it open and ends it.</summary>
    private const int FaultsMax = 3;

    private readonly CallServices services;
    private readonly Arrival arrival;
    private readonly Action<Call> closed;
    private readonly Channel<Action> mailbox = Channel.CreateBounded<Action>(new BoundedChannelOptions(MailboxMax) { SingleReader = true });
    private readonly Queue<CallInput> pending = new();
    private readonly Dictionary<Guid, IEdgeLeg> legs = [];
    private readonly CallTimers timers;
    private readonly CallerAudio audio;
    private readonly CallRecordings recordings;
    private readonly CallVoices voices;
    private readonly SilenceWatch silence;
    private readonly ContactLadder ladder;
    private readonly Activity? span;

    /// <summary>The caller's SIP call: the one that came, or ours once it is dialled.</summary>
    private SipCall? side;
    private CallState state;
    private TaskCompletionSource<CommandResult>? asking;
    private DateTimeOffset lastAt;
    private bool applying;
    private int faults;

    public Call(CallServices services, Arrival arrival, Action<Call> closed)
    {
        this.services = services;
        this.arrival = arrival;
        this.closed = closed;
        side = arrival.Sip;
        var number = arrival.Number;
        Tenant = number.Tenant.Tenant;
        span = Telemetry.StartDetached("call", ActivityKind.Server, null)
            ?.SetTag("callcenter.tenant", Tenant).SetTag("callcenter.contact", Contact).SetTag("callcenter.number", number.Number.Number);
        timers = new(services.Clock, Post, timer => Apply(new TimerFired(timer)));
        audio = new(arrival.Media.Leg, services.Clips, number.Number.Fallback, Post, Apply);
        recordings = new(services, Tenant, Contact, number.Tenant.DataKey, Post, Apply);
        voices = new(services.Media, arrival.Media.Leg, audio, recordings, services.Clock);
        silence = new(services.MediaTimeout, services.Clock, () => Post(() => Apply(new CallerLost())));
        ladder = services.Ladders.Begin(Tenant, Contact);
        state = Initial(services.Options, number, arrival.Media);
        lastAt = arrival.At;
    }

    public Guid Contact => arrival.Contact;
    public Guid Tenant { get; }
    public string Called => arrival.Number.Number.Number;
    public string Trunk => arrival.Trunk;
    public DateTimeOffset ArrivedAt => arrival.At;

    /// <summary>The state as of the last step; may be read from any thread.</summary>
    public CallState State => Volatile.Read(ref state);

    /// <summary>Tells the arrival and begins to take what comes.</summary>
    public void Start()
    {
        var flow = arrival.Number.Number.Flow!.Value;
        if (arrival.Sip is { } sip)
        {
            Post(() => Apply(new Arrive(new CallArrived(services.Incarnation.Name, arrival.Caller, Called, Trunk, flow, 0) { Leg = state.CallerLeg, Origin = arrival.Origin })));
            services.Ladders.Claim(ladder, sip.CallId, LegRole.Caller, state.CallerLeg);
        }
        else
        {
            Post(() => Apply(new Place(new CallPlaced(services.Incarnation.Name, arrival.Caller, Called, flow, arrival.Queue, PlacedTable.Epoch) { Leg = state.CallerLeg })));
        }
        _ = Run();
    }

    /// <summary>Carries out a command on the mailbox.</summary>
    public Task<CommandResult> Order(CallCommand command)
    {
        var answer = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = TryPost(() =>
        {
            asking = answer;
            Apply(new Command(command, WhyNot(command)));
        });
        return taken ? answer.Task : Task.FromResult(new CommandResult(command.CommandId, CommandOutcome.Refused, State.Epoch, "the call has too much to do: try again later"));
    }

    /// <summary>The gateway stops.</summary>
    public void Stop() => Post(() => Apply(new GatewayStops()));

    /// <summary>Nothing is taken any more, not even repeated commands.</summary>
    public void Forget() => mailbox.Writer.TryComplete();

    /// <summary>Takes the events of the caller's SIP call, on the endpoint's loop.</summary>
    public void On(SipCallEvent e)
    {
        switch (e)
        {
            case CallInfo { Digit: { } digit }:
                PostFromPeer(() => Apply(new DigitPressed(digit, DigitWay.Info)), "an INFO digit");
                break;
            case CallOffer o when !PostFromPeer(() => Reoffered(o), "a re-INVITE"):
                o.Reject(500);
                break;
            case CallAcknowledged { Sdp: { } sdp }:
                Post(() => LateAnswer(sdp));
                break;
            case CallEnded x:
                Post(() => Apply(x.Cause is SipEndCause.RemoteBye or SipEndCause.Cancelled ? new CallerHungUp() : new CallerLost()));
                break;
        }
    }

    /// <summary>Takes the events of the caller's media, on the engine's event task.</summary>
    public void On(MediaEvent e)
    {
        if (e is DigitReceived d)
        {
            PostFromPeer(() => Apply(new DigitPressed(d.Digit, d.IsInBand ? DigitWay.InBand : DigitWay.TelephoneEvent)), "a digit");
        }
        else if (e is CallCenter.Media.AnswerDetected heard)
        {
            Post(() => Apply(Of(state.CallerLeg, heard.Answer)));
        }
        else if (e is MediaSilent or RemoteLatched)
        {
            Post(() => silence.On(e, arrival.Media));
        }
    }

    private static CallState Initial(TelephonyOptions options, NumberEntry number, LegMedia media) => new()
    {
        CallerLeg = Guid.CreateVersion7(),
        Codec = media.Codec == AudioCodec.Pcma ? "PCMA" : "PCMU",
        LongestHold = TimeSpan.FromSeconds(Math.Clamp(number.Number.Fallback.LongestHoldSeconds, 1, 86_400)),
        Guards = new(TimeSpan.FromSeconds(options.ControlSeconds), TimeSpan.FromSeconds(options.ConnectSeconds), options.RingSecondsMax * 1000),
    };

    private async Task Run()
    {
        Activity.Current = span;
        await foreach (var work in mailbox.Reader.ReadAllAsync())
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }
    }

    /// <summary>A fault of ours ends the call as a stop of the gateway does: told, once, and not stuck.</summary>
    private void Fail(Exception e)
    {
        Log.CallFailed(services.Logger, e, Contact, Tenant);
        span?.SetStatus(ActivityStatusCode.Error, e.Message);
        asking?.TrySetException(e);
        (asking, applying) = (null, false);
        pending.Clear();
        if (++faults <= FaultsMax)
        {
            Post(() => Apply(new GatewayStops()));
        }
        else
        {
            CloseCall();
        }
    }

    private void Post(Action work)
    {
        if (!TryPost(work))
        {
            Log.MailboxFull(services.Logger, Contact, Tenant, "work of its own");
        }
    }

    private bool TryPost(Action work) => mailbox.Writer.TryWrite(work);

    private bool PostFromPeer(Action work, string what)
    {
        if (mailbox.Reader.Count < MailboxMax / 2 && TryPost(work))
        {
            return true;
        }
        Log.MailboxFull(services.Logger, Contact, Tenant, what);
        return false;
    }

    /// <summary>A step. What an action reports while it is carried out is taken after the other actions of its step.</summary>
    private void Apply(CallInput input)
    {
        pending.Enqueue(input);
        if (applying)
        {
            return;
        }
        applying = true;
        while (pending.TryDequeue(out var next))
        {
            var now = services.Clock.Now();
            lastAt = next is Arrive or Place ? arrival.At : now > lastAt ? now : lastAt;
            var (after, actions) = CallTable.Apply(state, next, lastAt);
            Volatile.Write(ref state, after);
            foreach (var action in actions)
            {
                Do(action);
            }
        }
        applying = false;
    }

    private void Do(CallAction action)
    {
        switch (action)
        {
            case Tell t:
                services.Events.Store(t.Event with { Tenant = Tenant, Stream = Contact, TraceParent = span?.Id });
                break;
            case Reply r:
                asking?.TrySetResult(r.Result);
                asking = null;
                break;
            case RingCaller:
                arrival.Sip!.Ringing();
                break;
            case AnswerCaller:
                Answer();
                break;
            case EndCaller:
                side?.Bye();
                break;
            case StartPlaying p:
                audio.Play(p.Command, p.Clips, p.Loop);
                break;
            case StopPlayback:
                audio.Stop();
                break;
            case PlayFallback:
                audio.PlayFallback();
                break;
            case Beep b:
                audio.Beep(b.Command);
                break;
            case Arm a:
                timers.Arm(a.Timer, a.After);
                break;
            case Disarm d:
                timers.Disarm(d.Timer);
                break;
            case Close:
                CloseCall();
                break;
            default:
                DoWithLeg(action);
                break;
        }
    }

    private void Answer()
    {
        arrival.Media.Connect(Source);
        arrival.Sip!.Answer(arrival.Sip.Offer is null ? arrival.Media.Offer(AudioCodec.Pcma) : arrival.Media.Description!);
    }

    /// <summary>The answer to the offer that our 200 carried.</summary>
    private void LateAnswer(string sdp)
    {
        if (arrival.Media.Accept(sdp) is SdpAgreed)
        {
            arrival.Media.Connect(Source);
        }
        else
        {
            Apply(new CallerLost());
        }
    }

    private void Reoffered(CallOffer offer)
    {
        if (offer.Sdp is null)
        {
            offer.Accept(arrival.Media.Offer(arrival.Media.Codec));
            return;
        }
        switch (arrival.Media.Answer(offer.Sdp))
        {
            case SdpAgreed:
                offer.Accept(arrival.Media.Description!);
                arrival.Media.Connect(Source);
                break;
            case SdpRefused refused:
                offer.Reject(refused.Code);
                break;
        }
    }

    private IPAddress Source => arrival.Source ?? dialled!.Source;

    private void CloseCall()
    {
        timers.StopAll();
        silence.Stop();
        card.Forget(null);
        arrival.Media.Close();
        arrival.Ticket?.Dispose();
        outside?.Dispose();
        services.Ladders.Finish(ladder);
        Log.CallClosed(services.Logger, Contact, Tenant);
        span?.Dispose();
        closed(this);
    }
}
