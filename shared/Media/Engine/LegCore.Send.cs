using CallCenter.Media.Rtp;

namespace CallCenter.Media.Engine;

/// <summary>The send side of a leg: what the bridge relays, and what the leg says itself each 20 ms.</summary>
internal sealed unsafe partial class LegCore
{
    /// <summary>
    /// Sends what the bridged leg received: a new header is written over the old one, in front of the payload,
    /// which stays where the kernel put it.
    /// </summary>
    private void Relay(in RtpPacket packet, PayloadKind kind, byte* buffer, long now)
    {
        if (!CanSend || IsSpeaking)
        {
            return;
        }
        var payloadType = kind == PayloadKind.TelephoneEvent ? _payloads!.TelephoneEvent : _payloads!.Audio.PayloadType;
        if (payloadType is null)
        {
            Drop(DropReason.NoTelephoneEvent);
            return;
        }
        if (!_sent.TryRelay(packet, now, out var sequence, out var timestamp, out var joined))
        {
            Drop(DropReason.Late);
            return;
        }
        var encoded = PayloadMap.IsEncoded(kind);
        if (kind != PayloadKind.TelephoneEvent && !encoded)
        {
            var payload = new Span<byte>(buffer + packet.PayloadOffset, packet.PayloadLength);
            G711.Convert(PayloadMap.CodecOf(kind), _payloads.Law, payload);
        }
        var start = buffer + packet.PayloadOffset - RtpPacket.HeaderSize;
        RtpPacket.WriteHeader(
            new Span<byte>(start, RtpPacket.HeaderSize), packet.Marker || joined, payloadType.Value, sequence, timestamp, _sent.Ssrc);
        _playerFresh = true;
        _thread.Counters.PacketsRelayed++;
        Send(start, packet.PayloadLength, encoded);
    }

    /// <summary>The leg's own sources have the word; the bridge is silent meanwhile.</summary>
    private bool IsSpeaking => _player.IsPlaying || _digitsOut.IsSending;

    public void Tick(long now)
    {
        TickRest();
        _digitsIn.Expire(now);
        _transport?.Tick(now);
        if (_payloads is not null)
        {
            Speak(now);
            WatchSilence(now);
            TickListening(now);
            if (now >= _rtcpDue)
            {
                SendRtcp(now, goodbye: false);
            }
        }
    }

    private void Speak(long now)
    {
        if (_digitsOut.IsSending)
        {
            if (_digitsOut.Tick() is { } digit)
            {
                SendDigit(digit, now);
                return;
            }
        }
        if (_player.IsPlaying)
        {
            SendFrame(now);
        }
    }

    /// <summary>Frames were skipped: the player's next one joins the stream at the wall clock.</summary>
    public void SkipTime() => _playerFresh = true;

    private void SendDigit(DigitPacket digit, long now)
    {
        _playerFresh = true;
        if (!CanSend || _payloads!.TelephoneEvent is not { } payloadType)
        {
            return;
        }
        var (sequence, timestamp) = digit.First ? _sent.Next(fresh: true, now) : _sent.Same();
        var packet = _thread.Outbox.Own;
        RtpPacket.WriteHeader(new Span<byte>(packet, RtpPacket.HeaderSize), digit.First, payloadType, sequence, timestamp, _sent.Ssrc);
        digit.Event.Write(new Span<byte>(packet + RtpPacket.HeaderSize, TelephoneEvent.Size));
        Send(packet, TelephoneEvent.Size);
    }

    /// <summary>Time passes for the player also while the direction forbids to send.</summary>
    private void SendFrame(long now)
    {
        var packet = _thread.Outbox.Own;
        var audio = _payloads!.Audio;
        _player.Fill(new Span<byte>(packet + RtpPacket.HeaderSize, SendStream.FrameSamples), _payloads.Law);
        if (!CanSend)
        {
            _playerFresh = true;
            return;
        }
        var (sequence, timestamp) = _sent.Next(_playerFresh, now);
        RtpPacket.WriteHeader(
            new Span<byte>(packet, RtpPacket.HeaderSize), _playerFresh, audio.PayloadType, sequence, timestamp, _sent.Ssrc);
        // A stream that ends here is not continued by the next player but joined.
        _playerFresh = !_player.IsPlaying;
        Send(packet, SendStream.FrameSamples);
    }

    private void WatchSilence(long now)
    {
        var since = _hasPacket ? Math.Max(_lastPacketAt, _silentSince) : _silentSince;
        if (CanReceive && !_silenceTold && now - since > _thread.SilenceSamples)
        {
            _silenceTold = true;
            var wall = _thread.Clock.GetUtcNow();
            _thread.Raise(new MediaSilent(Handle, wall, WallOf(since, now, wall)));
        }
    }

    private void SendRtcp(long now, bool goodbye)
    {
        _rtcpDue = now + _thread.NextRtcpDelay();
        var target = _transport is null ? _rtcpTarget : Target;
        if (_payloads is null || !target.CanBeSentTo || (IsSecure && Srtp is null))
        {
            return;
        }
        var buffer = _thread.Outbox.Own;
        var length = _rtcp.Write(new Span<byte>(buffer, RtcpSession.BytesMax), _thread.Clock.GetUtcNow(), now, goodbye);
        if (!IsSecure || TryProtect(buffer, ref length, rtcp: true))
        {
            // Reports are best effort: a lost one is followed by the next.
            _ = _ports.Rtcp.Send(buffer, length, target);
        }
    }

    /// <summary>Header and payload, G.711 unless it is <paramref name="encoded"/> already; behind them room to protect them in place.</summary>
    private void Send(byte* packet, int payload, bool encoded = false)
    {
        if (_codecOut is { } codec && !TryEncode(codec, ref packet, ref payload, encoded))
        {
            return;
        }
        var length = RtpPacket.HeaderSize + payload;
        if (IsSecure && !TryProtect(packet, ref length, rtcp: false))
        {
            return;
        }
        var target = Target;
        if (_direct is null)
        {
            Sent(payload, _ports.Rtp.Send(packet, length, target));
        }
        else if (_directTo == target)
        {
            _thread.Outbox.Add(this, _direct, packet, length, payload);
        }
        else
        {
            // What went to the remote before this one comes before it.
            _thread.Outbox.Flush();
            Sent(payload, _ports.Rtp.Send(packet, length, target));
        }
    }

    /// <summary>What became of a packet with so much payload.</summary>
    public void Sent(int payload, bool taken)
    {
        if (taken)
        {
            _thread.Counters.PacketsSent++;
            _sent.Count(payload);
        }
        else
        {
            Drop(DropReason.SendFailed);
        }
    }
}
