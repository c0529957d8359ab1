namespace CallCenter.Media.Engine;

/// <summary>What a received payload type is.</summary>
internal enum PayloadKind : byte
{
    Unknown,
    Pcma,
    Pcmu,
    TelephoneEvent,
}

/// <summary>The negotiated payload types of a leg: what is received by a table of 128, what is sent by its numbers.</summary>
internal sealed class PayloadMap
{
    private readonly PayloadKind[] _kinds = new PayloadKind[128];

    public PayloadMap(RemoteMedia remote)
    {
        foreach (var format in remote.Formats)
        {
            _kinds[format.PayloadType] = format.Codec == AudioCodec.Pcma ? PayloadKind.Pcma : PayloadKind.Pcmu;
        }
        if ((remote.TelephoneEventReceived ?? remote.TelephoneEvent) is { } received)
        {
            _kinds[received] = PayloadKind.TelephoneEvent;
        }
        Audio = remote.Formats[0];
        TelephoneEvent = remote.TelephoneEvent;
    }

    /// <summary>The format that is sent.</summary>
    public PayloadFormat Audio { get; }

    /// <summary>Payload type of telephone-events that are sent; null: none.</summary>
    public byte? TelephoneEvent { get; }

    public PayloadKind KindOf(byte payloadType) => _kinds[payloadType];

    public static AudioCodec CodecOf(PayloadKind kind) => kind == PayloadKind.Pcma ? AudioCodec.Pcma : AudioCodec.Pcmu;
}
