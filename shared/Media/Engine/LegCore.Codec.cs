using System.Buffers.Binary;
using CallCenter.Media.Codecs;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Engine;

/// <summary>
/// Codecs other than G.711: at the leg's edge they become 8 kHz G.711, which is what taps, conferences and the other leg
/// work with; what is sent becomes theirs. Between two legs of one such codec packets pass as they are.
/// </summary>
internal sealed unsafe partial class LegCore
{
    // A longer hole is a pause, not a loss: nothing is made up for it.
    private const int ConcealMax = 5;
    // A packet so far behind is a new beginning, not a late one.
    private const int LateMax = 100;

    private readonly List<WireCodec> _codecs = [];
    private WireCodec? _codecOut;

    // The sender's clock in samples: its 32 bits wrap six times as often as ours.
    private uint _wireTimestamp;
    // Far above zero, so that a division always rounds down.
    private long _wireTicks = 1L << 48;

    private bool _decoding;
    private uint _decodedSsrc;
    private ushort _decodedSequence;
    private int _decodedSamples;
    private long _concealed;

    /// <summary>Codecs are made once a leg and keep their state over a re-INVITE.</summary>
    private void UseCodecs(RemoteMedia remote)
    {
        foreach (var format in remote.Formats)
        {
            if (CodecOf(format.Codec) is null && WireCodec.Create(format.Codec) is { } codec)
            {
                _codecs.Add(codec);
            }
        }
        _codecOut = CodecOf(remote.Formats[0].Codec);
        _rtcp.ClockFactor = _codecOut?.ClockFactor ?? 1;
    }

    // Asked for each packet: a lambda would allocate.
    private WireCodec? CodecOf(AudioCodec codec)
    {
        foreach (var each in _codecs)
        {
            if (each.Codec == codec)
            {
                return each;
            }
        }
        return null;
    }

    private void CloseCodecs()
    {
        _codecs.ForEach(each => each.Dispose());
        _codecs.Clear();
        _codecOut = null;
    }

    // ---- receive ----

    /// <summary>The packet with its time, and a digit with its duration, in samples.</summary>
    private RtpPacket ToSamples(in RtpPacket packet, PayloadKind kind, byte* buffer)
    {
        var factor = kind switch
        {
            PayloadKind.TelephoneEvent => _payloads!.EventFactor,
            PayloadKind.Opus => CodecOf(AudioCodec.Opus)!.ClockFactor,
            _ => 1,
        };
        if (factor == 1)
        {
            return packet;
        }
        if (kind == PayloadKind.TelephoneEvent && packet.PayloadLength >= TelephoneEvent.Size)
        {
            var duration = new Span<byte>(buffer + packet.PayloadOffset + 2, sizeof(ushort));
            BinaryPrimitives.WriteUInt16BigEndian(duration, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(duration) / factor));
        }
        _wireTicks += (int)(packet.Timestamp - _wireTimestamp);
        _wireTimestamp = packet.Timestamp;
        return packet with { Timestamp = (uint)(_wireTicks / factor) };
    }

    /// <summary>A packet of another codec: decoded for whoever needs it decoded, passed on as it is where the other leg has the same codec.</summary>
    private void RunCodec(in RtpPacket packet, PayloadKind kind, byte* buffer, long now)
    {
        var codec = CodecOf(PayloadMap.CodecOf(kind))!;
        var passes = _peer?._codecOut?.Codec == codec.Codec && _clamp is null;
        if (!passes || _taps.Length > 0 || _mixed is not null || IsListening)
        {
            Decode(codec, packet, new ReadOnlySpan<byte>(buffer + packet.PayloadOffset, packet.PayloadLength), now, relay: !passes);
        }
        else
        {
            _decoding = false;
        }
        if (passes)
        {
            _peer!.Relay(packet, kind, buffer, now);
        }
    }

    /// <summary>Decodes in order. A hole is filled when the packet after it comes; one that comes later still finds its place taken.</summary>
    private void Decode(WireCodec codec, in RtpPacket packet, ReadOnlySpan<byte> payload, long now, bool relay)
    {
        var step = _decoding && packet.Ssrc == _decodedSsrc ? (short)(packet.Sequence - _decodedSequence) : (short)1;
        if (step is <= 0 and > -LateMax)
        {
            Drop(DropReason.Late);
            return;
        }
        Span<short> samples = stackalloc short[WireCodec.SamplesMax];
        for (var missing = step - 1; step is > 1 and <= ConcealMax + 1 && missing > 0; missing--)
        {
            var count = codec.Conceal(missing == 1 ? payload : [], _decodedSamples, samples);
            if (count > 0)
            {
                _concealed++;
                var lost = packet with
                {
                    Marker = false,
                    Sequence = (ushort)(packet.Sequence - missing),
                    Timestamp = packet.Timestamp - (uint)(missing * _decodedSamples),
                };
                Emit(lost, samples[..count], now, relay);
            }
        }
        var length = codec.Decode(payload, samples);
        if (length <= 0)
        {
            Drop(DropReason.Malformed);
            return;
        }
        (_decoding, _decodedSsrc, _decodedSequence, _decodedSamples) = (true, packet.Ssrc, packet.Sequence, length);
        Emit(packet, samples[..length], now, relay);
    }

    /// <summary>Runs the stages with a G.711 packet in the thread's own buffer, header room in front.</summary>
    private void Emit(in RtpPacket packet, ReadOnlySpan<short> samples, long now, bool relay)
    {
        var buffer = _thread.Outbox.Decoded;
        G711.Encode(PayloadMap.InnerLaw, samples, new Span<byte>(buffer + RtpPacket.HeaderSize, samples.Length));
        var decoded = packet with { PayloadOffset = RtpPacket.HeaderSize, PayloadLength = samples.Length };
        RunStages(decoded, PayloadKind.Pcma, buffer, now, relay);
    }

    // ---- send ----

    /// <summary>
    /// Turns a finished G.711 packet into one of the leg's codec, in the send buffer. False: the codec has no frame of
    /// this length.
    /// </summary>
    private bool TryEncode(WireCodec codec, ref byte* packet, ref int payload, bool encoded)
    {
        var timestamp = new Span<byte>(packet + 4, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(timestamp, unchecked(BinaryPrimitives.ReadUInt32BigEndian(timestamp) * (uint)codec.ClockFactor));
        if ((packet[1] & 0x7F) != _payloads!.Audio.PayloadType)
        {
            var duration = new Span<byte>(packet + RtpPacket.HeaderSize + 2, sizeof(ushort));
            var scaled = BinaryPrimitives.ReadUInt16BigEndian(duration) * _payloads.EventFactor;
            BinaryPrimitives.WriteUInt16BigEndian(duration, (ushort)Math.Min(scaled, ushort.MaxValue));
            return true;
        }
        if (encoded)
        {
            return true;
        }
        Span<short> samples = stackalloc short[WireCodec.SamplesMax];
        if (payload <= samples.Length)
        {
            samples = samples[..payload];
            G711.Decode(_payloads.Law, new ReadOnlySpan<byte>(packet + RtpPacket.HeaderSize, payload), samples);
            var buffer = _thread.Outbox.Own;
            new ReadOnlySpan<byte>(packet, RtpPacket.HeaderSize).CopyTo(new Span<byte>(buffer, RtpPacket.HeaderSize));
            payload = codec.Encode(samples, new Span<byte>(buffer + RtpPacket.HeaderSize, WireCodec.BytesMax));
            packet = buffer;
        }
        else
        {
            payload = 0;
        }
        if (payload == 0)
        {
            Drop(DropReason.FrameLength);
        }
        return payload > 0;
    }
}
