using System.Net;
using CallCenter.Media;
using CallCenter.Sip.Sdp;

namespace CallCenter.Telephony;

/// <summary>One leg's audio: its RTP ports and its session description (RFC 3264), for the caller's and the agents' legs alike.</summary>
internal sealed class LegMedia
{
    /// <summary>
    /// A leg that never sent a packet has this many times the timeout before it counts as lost: some trunks stay silent until
    /// somebody speaks, a vanished phone stops in the middle.
    /// </summary>
    public const int NeverHeardFactor = 5;

    private readonly IPAddress advertised;
    private ulong version;
    private SdpSession? offered;
    private volatile bool heard;

    private LegMedia(MediaLeg leg, IPAddress advertised)
    {
        Leg = leg;
        this.advertised = advertised;
    }

    public MediaLeg Leg { get; }

    /// <summary>What was agreed last; null before.</summary>
    public NegotiatedAudio? Audio { get; private set; }

    public AudioCodec Codec => Audio is { } a && a.Codec.Matches(SdpCodec.Pcmu) ? AudioCodec.Pcmu : AudioCodec.Pcma;

    /// <summary>Our answer that was agreed last; null before.</summary>
    public string? Description { get; private set; }

    /// <summary>Opens a leg's ports; null when there are none, with the reason.</summary>
    public static LegMedia? TryOpen(MediaEngine engine, IPAddress advertised, string name, LegMedia? near, Action<MediaEvent> onEvent, out OpenLegError error)
    {
        LegMedia? media = null;
        var options = new LegOptions { Name = name, Near = near?.Leg, OnEvent = e => media?.Handle(e, onEvent) };
        media = engine.TryOpenLeg(options, out var leg, out error) ? new LegMedia(leg, advertised) : null;
        return media;
    }

    /// <summary>Our answer to an offer.</summary>
    public SdpNegotiation Answer(string offer) => Keep(SdpNegotiator.Answer(offer, Capabilities([SdpCodec.Pcma, SdpCodec.Pcmu])));

    /// <summary>Our offer, the codec named first.</summary>
    public string Offer(AudioCodec first)
    {
        offered = SdpNegotiator.Offer(Capabilities(first == AudioCodec.Pcma ? [SdpCodec.Pcma, SdpCodec.Pcmu] : [SdpCodec.Pcmu, SdpCodec.Pcma]));
        return offered.ToString();
    }

    /// <summary>The peer's answer to our last offer.</summary>
    public SdpNegotiation Accept(string answer) => Keep(SdpNegotiator.Accept(offered!, answer));

    /// <summary>Opens or changes the media as agreed last; <paramref name="source"/> is where the peer's signalling comes from.</summary>
    public void Connect(IPAddress source)
    {
        if (Audio is { } a)
        {
            Leg.SetRemote(new RemoteMedia
            {
                Rtp = a.Remote ?? new IPEndPoint(IPAddress.Any, 0),
                Rtcp = a.Remote is { } rtp ? new IPEndPoint(rtp.Address, a.RemoteRtcpPort) : null,
                SignallingSource = source,
                Formats = [new PayloadFormat((byte)a.Codec.PayloadType, Codec)],
                TelephoneEvent = (byte?)a.TelephoneEvent,
                Direction = a.Direction switch
                {
                    SdpDirection.SendRecv => MediaDirection.SendReceive,
                    SdpDirection.SendOnly => MediaDirection.SendOnly,
                    SdpDirection.RecvOnly => MediaDirection.ReceiveOnly,
                    _ => MediaDirection.Inactive,
                },
            });
        }
    }

    /// <summary>True when a peer's silence means that it is lost: it has been heard before.</summary>
    public bool SilenceMeansLost => heard;

    public void Close() => Leg.Close();

    private void Handle(MediaEvent e, Action<MediaEvent> onEvent)
    {
        heard |= e is RemoteLatched;
        onEvent(e);
    }

    private SdpNegotiation Keep(SdpNegotiation result)
    {
        if (result is SdpAgreed agreed)
        {
            Audio = agreed.Audio;
            Description = agreed.Local.ToString();
        }
        return result;
    }

    private SdpCapabilities Capabilities(IReadOnlyList<SdpCodec> codecs) => new()
    {
        Address = advertised,
        Port = Leg.LocalRtp.Port,
        Codecs = [.. codecs, SdpCodec.TelephoneEvent],
        SessionId = (ulong)Leg.Id,
        Version = ++version,
    };
}
