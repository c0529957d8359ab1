using System.Security.Cryptography;
using CallCenter.Media.Net;
using CallCenter.Media.Recording;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Engine;

/// <summary>
/// The media thread's half of a <see cref="MediaLeg"/>: its sockets, its latch and its stages.
///
///   receive: 1 datagram (of a DTLS leg: STUN, DTLS, SRTP or SRTCP)  2 armed  unprotect  3 parse  4 payload type
///            5 latch  6 direction  7 statistics  decode  8 digits, listening  9 taps, conference  10 relay to the bridged leg, or discard
///   send:    digits, else player, else what the bridged leg relays or the conference mixes; one <see cref="SendStream"/>
///            numbers them all; encode; protect
///
/// A stage that is not bound costs one comparison. Only the media thread touches this object.
/// </summary>
internal sealed unsafe partial class LegCore
{
    private MediaThread _thread;
    private readonly PortPair _ports;
    private readonly SendStream _sent = new();
    private readonly ReceiveStatistics _received = new();
    private readonly RtcpSession _rtcp;
    private readonly DigitReceiver _digitsIn;
    private readonly DigitSender _digitsOut = new();
    private readonly Player _player;
    private readonly long[] _drops = new long[MediaCounters.Reasons.Length];

    private Latch _latch;
    private NativeEndpoint _rtcpTarget;
    private bool _rtcpLearnt;
    private PayloadMap? _payloads;
    private MediaDirection _direction;
    private TapChannel[] _taps = [];
    private LegCore? _peer;
    // The player's next frame is its first after another source spoke.
    private bool _playerFresh = true;

    private long _receivedPackets;
    private long _receivedBytes;
    private long _lastPacketAt;
    private bool _hasPacket;
    private long _silentSince;
    private bool _silenceTold;
    private long _rtcpDue;

    public LegCore(MediaLeg handle, PortPair ports, MediaThread thread)
    {
        Handle = handle;
        _ports = ports;
        (_thread, _owner) = (thread, thread);
        _transport = handle.Security == MediaSecurity.Dtls
            ? new DtlsTransport(handle, thread, ports.Rtp, handle.IceCredentials!, handle.Engine.Dtls!)
            : null;
        _rtcp = new RtcpSession(RandomNumberGenerator.GetHexString(24, lowercase: true), _sent, _received);
        _digitsIn = new DigitReceiver((digit, duration) =>
            _thread.Raise(new DigitReceived(handle, _thread.Clock.GetUtcNow(), digit, duration)));
        _player = new Player((playback, outcome) =>
        {
            playback.Complete(outcome);
            _thread.Raise(new PlaybackEnded(handle, _thread.Clock.GetUtcNow(), playback, outcome, playback.PlayedMs));
        });
    }

    public MediaLeg Handle { get; }
    public PortPair Ports => _ports;
    public bool IsClosed { get; private set; }

    /// <summary>Place in the thread's list of legs.</summary>
    public int Index { get; set; }

    /// <summary>Number in the epoll's keys.</summary>
    public int Slot { get; set; }

    private bool CanSend => _payloads is not null && (_direction & MediaDirection.SendOnly) != 0 && Target.CanBeSentTo && (!IsSecure || Srtp is not null);
    private bool CanReceive => (_direction & MediaDirection.ReceiveOnly) != 0;

    // ---- commands ----

    public void SetRemote(RemoteMedia remote)
    {
        if (IsClosed)
        {
            return;
        }
        Attend();
        SetRemoteSecurity(remote.Security);
        var before = _latch.Target;
        var couldReceive = _payloads is not null && CanReceive;
        _latch.Arm(remote.Rtp, remote.SignallingSource, remote.Rearm);
        if (!_latch.Learnt || _latch.Target != before)
        {
            _rtcpLearnt = false;
        }
        if (!_latch.Learnt)
        {
            CloseDirect();
        }
        if (!_rtcpLearnt)
        {
            var target = _latch.Target;
            _rtcpTarget = remote.Rtcp is { } rtcp
                ? NativeEndpoint.From(rtcp)
                : target with { Port = (ushort)(target.Port == 0 ? 0 : target.Port + 1) };
        }
        if (_payloads is null)
        {
            _rtcpDue = _thread.Now + (_thread.NextRtcpDelay() / 2);
        }
        if (_payloads?.Audio != remote.Formats[0])
        {
            _playerFresh = true;
        }
        UseCodecs(remote);
        _payloads = new PayloadMap(remote);
        _direction = remote.Direction;
        if (!couldReceive || !CanReceive)
        {
            (_silentSince, _silenceTold) = (_thread.Now, false);
        }
    }

    public void Play(Playback playback)
    {
        if (IsClosed)
        {
            playback.Complete(PlaybackOutcome.Stopped);
            return;
        }
        _player.Play(playback);
    }

    public void StopPlaying() => _player.StopAll();

    public void StopPlayback(Playback playback) => _player.Stop(playback);

    public void SendDigits(string digits, TimeSpan duration, TimeSpan pause, TaskCompletionSource<SendDigitsResult> done)
    {
        if (IsClosed)
        {
            done.TrySetResult(SendDigitsResult.Stopped);
        }
        else if (_payloads?.TelephoneEvent is null)
        {
            done.TrySetResult(SendDigitsResult.NotNegotiated);
        }
        else if (!_digitsOut.TryAdd(digits, duration, pause, done))
        {
            done.TrySetException(new InvalidOperationException($"{DigitSender.JobsMax} orders to send digits wait already."));
        }
    }

    public void Bridge(LegCore other)
    {
        if (IsClosed || other.IsClosed || _peer == other)
        {
            return;
        }
        if (other._thread != _thread)
        {
            throw new InvalidOperationException($"{other.Handle} has moved to another media thread and cannot be bridged with {Handle}.");
        }
        Attend();
        other.Attend();
        Unbridge();
        other.Unbridge();
        (_mixed, other._mixed) = (null, null);
        (_peer, other._peer) = (other, this);
    }

    /// <summary>The remote hears itself: a bridge of the leg with itself.</summary>
    public void Echo()
    {
        if (IsClosed || _peer == this)
        {
            return;
        }
        Attend();
        Unbridge();
        (_mixed, _peer) = (null, this);
    }

    public void Unbridge()
    {
        if (_peer is { } peer)
        {
            (_peer, peer._peer) = (null, null);
            _sent.LeaveRelay();
            peer._sent.LeaveRelay();
        }
    }

    public void AddTap(TapChannel tap)
    {
        Attend();
        _taps = [.. _taps, tap];
    }

    public void RemoveTap(TapChannel tap) => _taps = Array.FindAll(_taps, each => each != tap);

    /// <summary>Says goodbye and releases everything; the ports begin to cool down.</summary>
    public void Close()
    {
        if (IsClosed)
        {
            return;
        }
        Telemetry.Closed(this);
        LeaveAll();
        SendRtcp(_thread.Now, goodbye: true);
        _player.StopAll();
        _digitsOut.Stop();
        CloseSecurity();
        CloseCodecs();
        IsClosed = true;
        CloseDirect();
        _thread.Remove(this);
        _ports.Close();
    }

    // ---- receive ----

    /// <summary>A datagram of RTP; steps as in the head of this class.</summary>
    private void HandleRtp(byte* buffer, int length, NativeEndpoint from, long now)
    {
        if (_payloads is null)
        {
            Drop(DropReason.Unarmed);
            return;
        }
        if (length > MediaThread.ReceiveSize)
        {
            Drop(DropReason.Malformed);
            return;
        }
        if (IsSecure && !TryUnprotect(buffer, ref length, from, rtcp: false))
        {
            return;
        }
        if (!RtpPacket.TryParse(new ReadOnlySpan<byte>(buffer, length), out var packet))
        {
            Drop(DropReason.Malformed);
            return;
        }
        var kind = _payloads.KindOf(packet.PayloadType);
        if (kind == PayloadKind.Unknown)
        {
            Drop(DropReason.PayloadType);
            return;
        }
        if (_transport is null ? !TryLatch(from) : !TellFirst(from))
        {
            return;
        }
        if (!CanReceive)
        {
            Drop(DropReason.Direction);
            return;
        }
        packet = ToSamples(packet, kind, buffer);
        Count(packet, length, now);
        if (PayloadMap.IsEncoded(kind))
        {
            RunCodec(packet, kind, buffer, now);
        }
        else
        {
            RunStages(packet, kind, buffer, now, relay: true);
        }
    }

    private bool TryLatch(NativeEndpoint from)
    {
        if (!_latch.Accept(from, out var learntNow))
        {
            Drop(DropReason.ForeignAddress);
            return false;
        }
        if (learntNow)
        {
            if (!_rtcpLearnt)
            {
                _rtcpTarget = _rtcpTarget with { Address = from.Address };
            }
            OpenDirect(from);
            _thread.Raise(new RemoteLatched(Handle, _thread.Clock.GetUtcNow(), from.ToEndPoint()));
        }
        return true;
    }

    private void Count(in RtpPacket packet, int length, long now)
    {
        _thread.Counters.PacketsReceived++;
        _receivedPackets++;
        _receivedBytes += length;
        _received.Add(packet, now);
        (_hasPacket, _lastPacketAt, _silenceTold) = (true, now, false);
    }

    private void RunStages(in RtpPacket packet, PayloadKind kind, byte* buffer, long now, bool relay)
    {
        var payload = new Span<byte>(buffer + packet.PayloadOffset, packet.PayloadLength);
        if (kind == PayloadKind.TelephoneEvent)
        {
            _digitsIn.Add(packet.Ssrc, packet.Timestamp, payload, now);
            relay &= _clamp is null;
        }
        else
        {
            Listen(PayloadMap.CodecOf(kind), payload, now);
            foreach (var tap in _taps)
            {
                tap.Insert(packet.Ssrc, packet.Timestamp, payload, PayloadMap.CodecOf(kind), now);
            }
            _mixed?.Insert(packet, payload, PayloadMap.CodecOf(kind), now);
        }
        if (relay)
        {
            _peer?.Relay(packet, kind, buffer, now);
        }
    }

    public void ReceiveRtcp()
    {
        var buffer = _thread.Outbox.Received;
        var length = _ports.Rtcp.Receive(buffer, MediaThread.ReceiveSize, out var from);
        if (length >= 0)
        {
            HandleRtcp(buffer, length, from);
        }
    }

    private void HandleRtcp(byte* buffer, int length, NativeEndpoint from)
    {
        if (_payloads is null)
        {
            Drop(DropReason.Unarmed);
        }
        else if (_transport is null && (_rtcpLearnt ? from != _rtcpTarget : !_latch.Expects(from.Address)))
        {
            Drop(DropReason.ForeignAddress);
        }
        else if (length > MediaThread.ReceiveSize)
        {
            Drop(DropReason.Malformed);
        }
        else if (!IsSecure || TryUnprotect(buffer, ref length, from, rtcp: true))
        {
            ReadRtcp(new ReadOnlySpan<byte>(buffer, length), from);
        }
    }

    private void ReadRtcp(ReadOnlySpan<byte> compound, NativeEndpoint from)
    {
        if (_rtcp.TryRead(compound, _thread.Clock.GetUtcNow(), reducedSize: IsSecure))
        {
            (_rtcpLearnt, _rtcpTarget) = (true, from);
        }
        else
        {
            Drop(DropReason.Malformed);
        }
    }

    private void Drop(DropReason reason)
    {
        _drops[(int)reason]++;
        _thread.Counters.Drops[(int)reason]++;
    }

    private static DateTimeOffset WallOf(long then, long now, DateTimeOffset wall) => wall - TimeSpan.FromSeconds((double)(now - then) / Clip.Rate);

    public LegStatistics Statistics()
    {
        if (_resting)
        {
            TakeWaiting();
        }
        var wall = _thread.Clock.GetUtcNow();
        return new LegStatistics
        {
            PacketsReceived = _receivedPackets,
            BytesReceived = _receivedBytes,
            PacketsSent = _sent.Packets,
            BytesSent = _sent.Octets + (RtpPacket.HeaderSize * _sent.Packets),
            PacketsLost = _received.Lost,
            JitterMs = _received.Jitter / 8,
            Streams = _received.Streams,
            RemotePacketsLost = _rtcp.RemotePacketsLost,
            RemoteJitterMs = _rtcp.RemoteJitterMs,
            RoundTripMs = _rtcp.RoundTripMs,
            LastPacketAt = _hasPacket ? WallOf(_lastPacketAt, _thread.Now, wall) : null,
            Latched = (_transport is null ? _latch.Learnt : Target.CanBeSentTo) ? Target.ToEndPoint() : null,
            FramesConcealed = _concealed,
            Security = Srtp?.Profile,
            Dropped = MediaCounters.Reasons.ToDictionary(reason => reason, reason => _drops[(int)reason]),
        };
    }
}
