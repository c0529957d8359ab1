using System.Net;
using System.Net.Sockets;
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

    private static readonly SdpCodec[] Narrow = [SdpCodec.Pcma, SdpCodec.Pcmu];

    private readonly IPAddress advertised;
    private readonly IReadOnlyList<SdpCodec> preferred;
    private ulong version;
    private SdpSession? offered;
    private string? remoteUfrag;
    private volatile bool heard;

    private LegMedia(MediaLeg leg, IPAddress advertised, IReadOnlyList<SdpCodec> preferred)
    {
        Leg = leg;
        this.advertised = advertised;
        this.preferred = preferred;
    }

    public MediaLeg Leg { get; }

    /// <summary>What was agreed last; null before.</summary>
    public NegotiatedAudio? Audio { get; private set; }

    /// <summary>The G.711 law in which the leg's audio is handled: its own, or A-law where another codec was agreed.</summary>
    public AudioCodec Codec => Audio is { } a && a.Codec.Matches(SdpCodec.Pcmu) ? AudioCodec.Pcmu : AudioCodec.Pcma;

    /// <summary>Our answer that was agreed last; null before.</summary>
    public string? Description { get; private set; }

    /// <summary>How a leg must be opened that is to answer that offer; none is answered with a plain offer of ours.</summary>
    public static MediaSecurity SecurityFor(string? offer) => offer is null ? MediaSecurity.None : SdpNegotiator.ProtectionOf(offer) switch
    {
        SdpProtection.Dtls => MediaSecurity.Dtls,
        SdpProtection.Sdes => MediaSecurity.Sdes,
        _ => MediaSecurity.None,
    };

    /// <summary>The family in which an offer wants its media; without one that of its signalling.</summary>
    public static AddressFamily FamilyFor(string? offer, IPAddress source) =>
        (offer is null ? null : SdpNegotiator.FamilyOf(offer)) ?? (source.IsIPv4MappedToIPv6 ? AddressFamily.InterNetwork : source.AddressFamily);

    /// <summary>Our last offer; null before: devices that share this media are offered the same.</summary>
    public string? Offered => offered?.ToString();

    /// <summary>Opens a leg's ports; null when there are none, with the reason.</summary>
    /// <param name="engine">The media plane.</param>
    /// <param name="advertised">The address told to the peer: the leg is of its family.</param>
    /// <param name="preferred">Codecs before G.711, for a peer that has them; see <see cref="CodecNames"/>.</param>
    public static LegMedia? TryOpen(
        MediaEngine engine, IPAddress advertised, string name, LegMedia? near, Action<MediaEvent> onEvent, out OpenLegError error,
        MediaSecurity security = MediaSecurity.None, IReadOnlyList<SdpCodec>? preferred = null)
    {
        LegMedia? media = null;
        var options = new LegOptions { Name = name, Family = advertised.AddressFamily, Near = near?.Leg, Security = security, OnEvent = e => media?.Handle(e, onEvent) };
        media = engine.TryOpenLeg(options, out var leg, out error) ? new LegMedia(leg, advertised, preferred ?? []) : null;
        return media;
    }

    /// <summary>Our answer to an offer.</summary>
    public SdpNegotiation Answer(string offer)
    {
        var result = Agree(offer);
        if (result is SdpAgreed { Audio.Security: DtlsSecurity theirs } && remoteUfrag is not null && theirs.IceUfrag != remoteUfrag)
        {
            // RFC 8839 section 4.4.1.1: a new ufrag restarts ICE, and our answer has a new one too.
            Leg.RestartIce();
            result = Agree(offer);
        }
        return Keep(result);
    }

    /// <summary>What this leg prefers or G.711; a peer without any of it is heard in whatever we can decode.</summary>
    private SdpNegotiation Agree(string offer)
    {
        var result = SdpNegotiator.Answer(offer, Capabilities([.. preferred, .. Narrow]));
        return result == SdpNegotiator.NoCommonCodec ? SdpNegotiator.Answer(offer, Capabilities(CodecNames.All)) : result;
    }

    /// <summary>Our offer, the codec named first.</summary>
    public string Offer(AudioCodec first)
    {
        offered = SdpNegotiator.Offer(Capabilities([.. preferred, .. first == AudioCodec.Pcma ? Narrow : Narrow.Reverse()]));
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
                Rtp = Sent(a) ?? new IPEndPoint(IPAddress.Any, 0),
                Rtcp = Sent(a) is { } rtp ? new IPEndPoint(rtp.Address, a.RemoteRtcpPort) : null,
                SignallingSource = source,
                Security = SecurityOf(a.Security),
                Formats = [new PayloadFormat((byte)a.Codec.PayloadType, CodecNames.Of(a.Codec))],
                TelephoneEvent = (byte?)a.TelephoneEvent,
                TelephoneEventRate = a.Codec.ClockRate,
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
        heard |= e is RemoteLatched || (e is MediaSecured && Leg.Security == MediaSecurity.Dtls); // ICE in place of the latch
        onEvent(e);
    }

    private SdpNegotiation Keep(SdpNegotiation result)
    {
        // RFC 3261 section 20.43, warning 301: media of the other family does not reach this leg. An address that says nothing, as with ICE, is no matter.
        if (result is SdpAgreed { Audio: { Remote: { } remote, Security: not DtlsSecurity } } && remote.AddressFamily != advertised.AddressFamily)
        {
            return new SdpRefused(488, "incompatible network address format");
        }
        if (result is SdpAgreed agreed)
        {
            Audio = agreed.Audio;
            remoteUfrag = (agreed.Audio.Security as DtlsSecurity)?.IceUfrag;
            Description = agreed.Local.ToString();
        }
        return result;
    }

    // With ICE the address is found by checks, and may be said in another family.
    private static IPEndPoint? Sent(NegotiatedAudio audio) => audio.Security is DtlsSecurity ? null : audio.Remote;

    private static RemoteSecurity? SecurityOf(SdpSecurity? theirs) => theirs switch
    {
        DtlsSecurity d => new() { Fingerprint = d.Fingerprint, IceUfrag = d.IceUfrag, IcePassword = d.IcePassword },
        SdesSecurity { Crypto: [var line, ..] } when SdesCrypto.TryParse(line.ToString(), out var crypto) => new() { Crypto = crypto },
        _ => null,
    };

    private SdpSecurity? OwnSecurity => Leg.LocalSecurity switch
    {
        { Fingerprint.Length: > 0 } d => new DtlsSecurity(d.Fingerprint, d.IceUfrag, d.IcePassword),
        { Crypto.Count: > 0 } s => new SdesSecurity([.. s.Crypto.Select(c => SdpCrypto.Parse(c.ToAttribute())).OfType<SdpCrypto>()]),
        _ => null,
    };

    private SdpCapabilities Capabilities(IReadOnlyList<SdpCodec> codecs) => new()
    {
        Address = advertised,
        Port = Leg.LocalRtp.Port,
        Codecs = codecs.Any(c => c.Matches(SdpCodec.Opus)) ? [.. codecs, SdpCodec.TelephoneEvent48k, SdpCodec.TelephoneEvent] : [.. codecs, SdpCodec.TelephoneEvent],
        Security = OwnSecurity,
        SessionId = (ulong)Leg.Id,
        Version = ++version,
    };
}
