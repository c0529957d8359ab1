using System.Net;
using CallCenter.Media;
using CallCenter.Sip;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Sdp;

namespace CallCenter.Benchmarks.Invite;

/// <summary>
/// A call from trunk to trunk as a gateway carries it (back-to-back user agent, RFC 7092): the caller's offer is answered by us, the callee
/// gets an offer of ours, each leg has its own dialog, Call-ID, session description and, where an engine is given, its media leg.
/// On the endpoint's loop.
/// </summary>
internal sealed class BridgedCall
{
    private static readonly IPAddress Here = IPAddress.Loopback;
    private static readonly SdpCodec[] Codecs = [SdpCodec.Pcma, SdpCodec.Pcmu, SdpCodec.TelephoneEvent];

    private readonly UasCall _caller;
    private readonly Leg _near, _far;
    private readonly SdpSession _offer;
    private readonly UacCall _callee;
    private readonly Action _closed;

    private BridgedCall(UasCall caller, SdpAgreed agreed, Leg near, Leg far, SipEndpoint endpoint, IPEndPoint callee, Action closed)
    {
        (_caller, _near, _far, _closed) = (caller, near, far, closed);
        near.Connect(agreed.Audio);
        Answer = agreed.Local.ToString();
        _offer = SdpNegotiator.Offer(far.Capabilities(Codecs));
        _callee = endpoint.Invite(
            new UacInvite { Target = $"sip:{caller.Request.ToUser}@{callee}", From = $"<sip:{caller.Request.FromUser}@{Here}>", Sdp = _offer.ToString() }, FromCallee);
    }

    private string Answer { get; }

    /// <summary>Takes an INVITE: refuses it, or bridges it to the callee.</summary>
    /// <param name="engine">Null: media is negotiated for ports that nobody opens.</param>
    /// <param name="closed">Told when nothing is left of it.</param>
    public static void Take(UasCall caller, SipEndpoint endpoint, IPEndPoint callee, MediaEngine? engine, Action closed)
    {
        var near = new Leg(engine, null);
        var far = new Leg(engine, near);
        if (caller.Offer is { } offer && SdpNegotiator.Answer(offer, near.Capabilities(Codecs)) is SdpAgreed agreed)
        {
            var call = new BridgedCall(caller, agreed, near, far, endpoint, callee, closed);
            caller.OnEvent = call.FromCaller;
        }
        else
        {
            near.Close();
            far.Close();
            caller.Reject(488);
            closed();
        }
    }

    private void FromCaller(SipCallEvent e)
    {
        if (e is CallEnded)
        {
            _callee.Bye();
            Close();
        }
    }

    private void FromCallee(SipCallEvent e)
    {
        switch (e)
        {
            case CallProgress { Code: 180 }:
                _caller.Ringing();
                break;
            case CallAnswered { Sdp: { } answer } when SdpNegotiator.Accept(_offer, answer) is SdpAgreed agreed:
                _far.Connect(agreed.Audio);
                _near.Bridge(_far);
                _caller.Answer(Answer);
                break;
            case CallAnswered:
                _callee.Bye();
                _caller.Reject(488);
                break;
            case CallEnded:
                _caller.Bye();
                break;
        }
    }

    private void Close()
    {
        _near.Close();
        _far.Close();
        _closed();
    }

    private sealed class Leg
    {
        private static int _lastPort = 20_000;
        private readonly MediaLeg? _media;
        private readonly int _port;

        public Leg(MediaEngine? engine, Leg? near)
        {
            if (engine is null)
            {
                _port = _lastPort = _lastPort >= 60_000 ? 20_000 : _lastPort + 2;
            }
            else if (engine.TryOpenLeg(new LegOptions { Near = near?._media }, out _media, out var error))
            {
                _port = _media.LocalRtp.Port;
            }
            else
            {
                throw new InvalidOperationException($"no leg: {error}");
            }
        }

        public SdpCapabilities Capabilities(IReadOnlyList<SdpCodec> codecs) => new() { Address = Here, Port = _port, Codecs = codecs, SessionId = (ulong)_port };

        public void Connect(NegotiatedAudio audio) => _media?.SetRemote(new RemoteMedia
        {
            Rtp = audio.Remote!,
            SignallingSource = audio.Remote!.Address,
            Formats = [audio.Codec.PayloadType == SdpCodec.Pcma.PayloadType ? PayloadFormat.Pcma : PayloadFormat.Pcmu],
            TelephoneEvent = (byte?)audio.TelephoneEvent,
        });

        public void Bridge(Leg other) => _media?.Bridge(other._media!);

        public void Close() => _media?.Close();
    }
}
