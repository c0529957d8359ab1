using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Sdp;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Anchor;

/// <summary>The other side of a call that we place: dialled by a trunk once an agent has accepted.</summary>
internal sealed partial class Call
{
    private OutboundCall? outside;
    private LegTarget? dialled;

    private void DoAsPlaced(CallAction action)
    {
        switch (action)
        {
            case DialOtherSide d:
                outside = services.Outbound.Take(Tenant, arrival.Caller);
                if (outside is null)
                {
                    Apply(new CallerDeclined(arrival.Caller, LegRefusal.Failed, 0));
                    break;
                }
                InviteOtherSide(d.RingTime);
                break;
            case RingBack { Rings: true } r:
                MediaOf(r.Leg).Play(RingBackTone.Clip, PlayMode.Loop);
                break;
            case RingBack r:
                MediaOf(r.Leg).StopPlaying();
                break;
        }
    }

    private void InviteOtherSide(TimeSpan ring)
    {
        dialled = Outside(outside!, arrival.Caller);
        var invite = dialled.Invite with { Sdp = arrival.Media.Offered ?? arrival.Media.Offer(AudioCodec.Pcma), RingTimeout = ring };
        var trunk = outside!.Trunk.Trunk.Name;
        var rang = false;
        UacCall? call = null;
        call = services.Sip.Endpoint.Invite(invite, e =>
        {
            switch (e)
            {
                case CallProgress { Code: >= 180 }:
                    Post(() => rang = true);
                    break;
                case Sip.Calls.CallAnswered answered:
                    Post(() => OtherSideAnswered(answered.Sdp));
                    break;
                case CallEnded end:
                    Post(() => OtherSideEnded(end, rang, ring));
                    break;
                default:
                    On(e);
                    break;
            }
        });
        side = call;
        services.Ladders.Claim(ladder, call.CallId, LegRole.Caller, state.CallerLeg);
        Apply(new CallerInvited(arrival.Caller, trunk));
    }

    private void OtherSideAnswered(string? sdp)
    {
        if (state.Phase != CallPhase.Dialling)
        {
            return;
        }
        if (sdp is null || arrival.Media.Accept(sdp) is SdpRefused)
        {
            Apply(new CallerDeclined(arrival.Caller, LegRefusal.Failed, 488));
            return;
        }
        arrival.Media.Connect(Source);
        outside!.Answered(() => Post(() => Apply(new CallerUnpaid())));
        Apply(new CallerTook(arrival.Media.Codec == AudioCodec.Pcma ? "PCMA" : "PCMU"));
    }

    private void OtherSideEnded(CallEnded end, bool rang, TimeSpan ring)
    {
        if (state.Phase != CallPhase.Dialling)
        {
            Apply(end.Cause is SipEndCause.RemoteBye ? new CallerHungUp() : new CallerLost());
            return;
        }
        // A final answer that says that the trunk could not take the call; never after silence, for somebody may have got the INVITE.
        var notTaken = !rang && end is { Cause: SipEndCause.Refused, Code: 500 or 502 or 503 or 504 } or { Cause: SipEndCause.TransportError };
        if (notTaken)
        {
            services.Trunks.Failed(outside!.Trunk.Trunk.Name);
            if (outside.Next())
            {
                InviteOtherSide(ring);
                return;
            }
        }
        Apply(new CallerDeclined(arrival.Caller, end.Cause == SipEndCause.Timeout ? LegRefusal.NoAnswer : Refusal.Of(end.Code).Kind, end.Code));
    }
}
