namespace CallCenter.Media.Engine;

/// <summary>What a received payload type is.</summary>
internal enum PayloadKind : byte
{
    Unknown,
    Pcma,
    Pcmu,
    TelephoneEvent,
    Opus,
    G722,
}

/// <summary>The negotiated payload types of a leg: what is received by a table of 128, what is sent by its numbers.</summary>
internal sealed class PayloadMap
{
    /// <summary>What other codecs are inside the engine.</summary>
    public const AudioCodec InnerLaw = AudioCodec.Pcma;

    private readonly PayloadKind[] _kinds = new PayloadKind[128];

    public PayloadMap(RemoteMedia remote)
    {
        foreach (var format in remote.Formats)
        {
            _kinds[format.PayloadType] = format.Codec switch
            {
                AudioCodec.Pcma => PayloadKind.Pcma,
                AudioCodec.Pcmu => PayloadKind.Pcmu,
                AudioCodec.G722 => PayloadKind.G722,
                _ => PayloadKind.Opus,
            };
        }
        if ((remote.TelephoneEventReceived ?? remote.TelephoneEvent) is { } received)
        {
            _kinds[received] = PayloadKind.TelephoneEvent;
        }
        Audio = remote.Formats[0];
        TelephoneEvent = remote.TelephoneEvent;
        EventFactor = remote.TelephoneEventRate / Clip.Rate;
        Law = LawOf(Audio.Codec);
    }

    /// <summary>The law in which a leg's audio is handled: its own, or <see cref="InnerLaw"/>.</summary>
    public static AudioCodec LawOf(AudioCodec codec) => codec == AudioCodec.Pcmu ? AudioCodec.Pcmu : InnerLaw;

    /// <summary>The law of what the leg's sources write, before it is encoded where the codec is another.</summary>
    public AudioCodec Law { get; }

    /// <summary>Ticks of the telephone-events' clock in a sample.</summary>
    public int EventFactor { get; }

    /// <summary>The format that is sent.</summary>
    public PayloadFormat Audio { get; }

    /// <summary>Payload type of telephone-events that are sent; null: none.</summary>
    public byte? TelephoneEvent { get; }

    /// <summary>Of a codec that is not the engine's own.</summary>
    public static bool IsEncoded(PayloadKind kind) => kind is PayloadKind.Opus or PayloadKind.G722;

    public PayloadKind KindOf(byte payloadType) => _kinds[payloadType];

    public static AudioCodec CodecOf(PayloadKind kind) => kind switch
    {
        PayloadKind.Pcma => AudioCodec.Pcma,
        PayloadKind.Opus => AudioCodec.Opus,
        PayloadKind.G722 => AudioCodec.G722,
        _ => AudioCodec.Pcmu,
    };
}
