using System.Diagnostics;
using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Ladder;
using ActionsOfTable = System.Collections.Generic.IReadOnlyList<CallCenter.Telephony.Edge.EdgeAction>;

namespace CallCenter.Telephony.Edge;

/// <summary>Who rings and for how long.</summary>
/// <param name="From">Name and number that the agent's phone shows.</param>
/// <param name="Codec">The caller's codec: offered first, so that nothing has to be converted.</param>
internal sealed record LegOrder(Guid Leg, Guid Agent, string From, AudioCodec Codec, TimeSpan RingTime)
{
    /// <summary>Where the leg's SIP messages are kept.</summary>
    public ContactLadder? Ladder { get; init; }
}

/// <summary>
/// The agent's side of a leg: INVITEs to the agent's devices, the dialog with the one that answered, its media. Runs on the
/// call's mailbox, decided by <see cref="AgentLegTable"/>; reports to the anchor by a direct call.
/// </summary>
internal sealed class AgentLeg
{
    private readonly CallServices services;
    private readonly LegOrder order;
    private readonly Action<Action> post;
    private readonly Action<CallInput> report;
    private readonly Activity? span;
    private readonly SilenceWatch silence;
    private Device[] devices = [];
    private EdgeState state = EdgeState.Inviting(0);
    private ITimer? ringTimer;

    /// <param name="services">The gateway.</param>
    /// <param name="order">Whom to ring.</param>
    /// <param name="post">Puts work on the call's mailbox.</param>
    /// <param name="report">The anchor.</param>
    /// <param name="trace">The call's span.</param>
    public AgentLeg(CallServices services, LegOrder order, Action<Action> post, Action<CallInput> report, string? trace)
    {
        this.services = services;
        this.order = order;
        this.post = post;
        this.report = report;
        span = Telemetry.StartDetached("agent leg", ActivityKind.Client, trace)?.SetTag("callcenter.leg", order.Leg).SetTag("callcenter.agent", order.Agent);
        silence = new SilenceWatch(services.MediaTimeout, services.Clock, () => post(() => Apply(new DeviceSilent())));
    }

    /// <summary>Its audio; null when it could not be opened or is closed.</summary>
    public LegMedia? Media { get; private set; }

    /// <summary>Rings every registered device of the agent.</summary>
    public void Start(LegMedia caller)
    {
        var bindings = services.Registrations.Of(order.Agent);
        Media = bindings.Count == 0 ? null
            : LegMedia.TryOpen(services.Media, services.Options.AdvertisedAddress, "agent", caller, e => post(() => silence.On(e, Media!)), out _);
        if (Media is null)
        {
            span?.SetStatus(ActivityStatusCode.Error, bindings.Count == 0 ? "no device" : "no media ports").Dispose();
            report(new LegFailed(order.Leg, bindings.Count == 0 ? LegRefusal.Unreachable : LegRefusal.Failed, 0));
            return;
        }
        Telemetry.LegsLive.Add(1);
        state = EdgeState.Inviting(bindings.Count);
        var offer = Media.Offer(order.Codec);
        devices = [.. bindings.Select((binding, index) => Invite(binding, index, offer))];
        ringTimer = services.Clock.CreateTimer(_ => post(() => Apply(new RingTimeout())), null, order.RingTime, Timeout.InfiniteTimeSpan);
        report(new LegInvited(order.Leg));
    }

    public void Drop() => Apply(new Drop());

    private Device Invite(Binding binding, int index, string offer)
    {
        var invite = UacInvite.ToBinding(binding) with
        {
            From = order.From,
            Sdp = offer,
            // Ours comes first; this is the endpoint's own guard.
            RingTimeout = order.RingTime + TimeSpan.FromSeconds(10),
        };
        var call = services.Sip.Endpoint.Invite(invite, e => post(() => On(index, e)));
        if (order.Ladder is { } ladder)
        {
            services.Ladders.Claim(ladder, call.CallId, LegRole.Agent, order.Leg);
        }
        return new Device(binding, call);
    }

    private void On(int index, SipCallEvent e)
    {
        var device = devices[index];
        switch (e)
        {
            case CallProgress { Code: >= 180 }:
                Apply(new DeviceRings(index));
                break;
            case Sip.Calls.CallAnswered a when !device.Answered:
                device.Answered = true;
                Answered(index, a.Sdp);
                break;
            case CallOffer o:
                Reoffered(index, o);
                break;
            case CallEnded x when device.Answered:
                Apply(new DeviceEnded(index, x.Cause == SipEndCause.RemoteBye ? LegEnd.PartyHungUp : LegEnd.Lost));
                break;
            case CallEnded x:
                Apply(new DeviceRefused(index, x.Code));
                break;
        }
    }

    private void Answered(int index, string? sdp)
    {
        if (state.Phase == EdgePhase.Inviting && (sdp is null || Media!.Accept(sdp) is SdpRefused))
        {
            devices[index].Call.Bye();
            Apply(new DeviceRefused(index, 488));
            return;
        }
        Apply(new DeviceAnswered(index));
    }

    private void Reoffered(int index, CallOffer offer)
    {
        if (state.Phase != EdgePhase.Up || state.Winner != index)
        {
            offer.Reject(488);
            return;
        }
        if (offer.Sdp is null)
        {
            offer.Accept(Media!.Offer(order.Codec));
            return;
        }
        switch (Media!.Answer(offer.Sdp))
        {
            case SdpAgreed agreed:
                offer.Accept(agreed.Local.ToString());
                Media.Connect(devices[index].Binding.Flow.Remote.Address);
                Apply(new DeviceReoffered(index, agreed.Audio.IsHeld));
                break;
            case SdpRefused refused:
                offer.Reject(refused.Code);
                break;
        }
    }

    private void Apply(EdgeInput input)
    {
        (state, var actions) = AgentLegTable.Apply(state, input);
        Run(actions);
    }

    private void Run(ActionsOfTable actions)
    {
        foreach (var action in actions)
        {
            switch (action)
            {
                case EndDevice d:
                    devices[d.Device].Call.Bye();
                    break;
                case OpenMedia m:
                    ringTimer?.Dispose();
                    Media!.Connect(devices[m.Device].Binding.Flow.Remote.Address);
                    break;
                case CloseLeg:
                    Close();
                    break;
                case Report r:
                    report(Translate(r));
                    break;
            }
        }
    }

    private CallInput Translate(Report report) => report switch
    {
        ReportRinging => new LegRings(order.Leg),
        ReportTaken => new LegTaken(order.Leg),
        ReportFailed f => new LegFailed(order.Leg, f.Refusal.Kind, f.Refusal.SipStatus),
        ReportGone g => new LegGone(order.Leg, g.End),
        ReportHold { Held: true } => new LegHeld(order.Leg),
        ReportHold => new LegRetrieved(order.Leg),
        _ => throw new InvalidOperationException($"{report} is not known to the anchor"),
    };

    private void Close()
    {
        Telemetry.LegsLive.Add(-1);
        ringTimer?.Dispose();
        silence.Stop();
        Media?.Close();
        span?.Dispose();
    }

    private sealed class Device(Binding binding, UacCall call)
    {
        public Binding Binding { get; } = binding;
        public UacCall Call { get; } = call;
        public bool Answered { get; set; }
    }
}
