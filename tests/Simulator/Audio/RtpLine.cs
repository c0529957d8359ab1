using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CallCenter.Simulator.Audio;

/// <summary>
/// One party's audio: a UDP socket that sends a voice and RFC 4733 keys each 20 ms and notes what comes. The pump drives
/// it; its own words and readings may come from any thread. RTP is written here and not taken from shared/Media, so that
/// a fault there cannot hide itself.
/// </summary>
internal sealed class RtpLine : IDisposable
{
    private const int Header = 12, AlawType = 8, DigitType = 101, DigitPackets = 5, DigitEnds = 3, PilotsInARow = 2, BytesMax = 1500;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
    private readonly TimeProvider _clock;
    private readonly Voice _voice;
    private readonly Lock _gate = new();
    private readonly Queue<(char Digit, Action<DateTimeOffset> Sent)> _digits = new();
    private readonly byte[] _packet = new byte[Header + Voice.PacketSamples];
    private readonly byte[] _received = new byte[BytesMax];
    private readonly uint _ssrc;
    private readonly TaskCompletionSource _firstHeard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double _awaited;
    private Action? _onVoice;
    private IPEndPoint? _remote;
    private long _sent;
    private ushort _sequence;
    private uint _timestamp;
    private int _digitPacket;
    private uint _digitStart;
    private int _pilots;
    private long _firstDueTicks;
    private bool _closed;

    /// <param name="voice">What it says.</param>
    /// <param name="awaited">Pilot of the voices it waits for, in hertz.</param>
    public RtpLine(Voice voice, double awaited, uint ssrc, TimeProvider clock)
    {
        (_voice, _awaited, _ssrc, _clock) = (voice, awaited, ssrc, clock);
        _socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Port { get; }

    /// <summary>First packet of audio that came.</summary>
    public DateTimeOffset? FirstHeardAt { get; private set; }

    /// <summary>Completes with the first packet of audio.</summary>
    public Task FirstHeard => _firstHeard.Task;

    /// <summary>Last packet that came.</summary>
    public DateTimeOffset? LastHeardAt { get; private set; }

    /// <summary>Packets that came.</summary>
    public long Heard { get; private set; }

    /// <summary>Packets sent.</summary>
    public long Said => Volatile.Read(ref _sent);

    /// <summary>Since when the last awaited voice is heard.</summary>
    public DateTimeOffset? VoiceHeardAt { get; private set; }

    /// <summary>When the peer's port was first found closed: its process is gone, or it ended the call.</summary>
    public DateTimeOffset? PortClosedAt { get; private set; }

    /// <summary>The offer or answer: G.711 A-law and RFC 4733 digits; held: the other side is to be silent.</summary>
    public string Sdp(IPAddress address, bool held = false) =>
        $"v=0\r\no=simulator {_ssrc} {(held ? 2 : 1)} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n" +
        $"m=audio {Port} RTP/AVP {AlawType} {DigitType}\r\na=rtpmap:{AlawType} PCMA/8000\r\na=rtpmap:{DigitType} telephone-event/8000\r\n" +
        $"a=fmtp:{DigitType} 0-15\r\na=ptime:20\r\na={(held ? "sendonly" : "sendrecv")}\r\n";

    /// <summary>Begins to speak with the peer of that session description; later ones move it.</summary>
    public void Connect(string sdp)
    {
        var lines = sdp.Split('\n', StringSplitOptions.TrimEntries);
        var address = lines.LastOrDefault(l => l.StartsWith("c=IN IP4 ", StringComparison.Ordinal))?[9..];
        var port = lines.FirstOrDefault(l => l.StartsWith("m=audio ", StringComparison.Ordinal))?.Split(' ')[1];
        if (!IPEndPoint.TryParse($"{address}:{port}", out var remote))
        {
            throw new InvalidOperationException($"the system's session description names no address: {sdp}");
        }
        lock (_gate)
        {
            if (!_closed && !remote.Equals(_remote))
            {
                _socket.Connect(remote);
                _firstDueTicks = _remote is null ? _clock.GetTimestamp() : _firstDueTicks;
                _remote = remote;
            }
        }
    }

    /// <summary>Presses a key; the action is told when its first end packet left (the peer knows the key then at the latest).</summary>
    public void Press(char digit, Action<DateTimeOffset> sent)
    {
        lock (_gate)
        {
            _digits.Enqueue((digit, sent));
        }
    }

    /// <summary>The awaited voice, or another, is listened for anew; the action is told once, when it is heard.</summary>
    public void AwaitVoice(Action? heard = null, double? pilot = null)
    {
        lock (_gate)
        {
            (_pilots, VoiceHeardAt, _onVoice, _awaited) = (0, null, heard, pilot ?? _awaited);
        }
    }

    /// <summary>Speaks and listens no more; what was noted stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _socket.Dispose();
        }
    }

    /// <summary>Takes what came and sends what is due; false when the line is closed. The pump's thread.</summary>
    public bool Turn()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }
            if (_remote is not null)
            {
                Receive();
                SendWhatIsDue();
            }
            return true;
        }
    }

    private void SendWhatIsDue()
    {
        // A late turn sends what is owed, so that the stream keeps its pace.
        var due = 1 + ((_clock.GetTimestamp() - _firstDueTicks) * 50 / _clock.TimestampFrequency);
        while (_sent < due)
        {
            var (length, told) = NextDigitPacket();
            if (length == 0)
            {
                WriteHeader(AlawType, marker: _sent == 0, _timestamp);
                _voice.Packet(_sent).CopyTo(_packet.AsSpan(Header));
                length = _packet.Length;
            }
            _sequence++;
            _timestamp += Voice.PacketSamples;
            _sent++;
            Send(_packet.AsSpan(0, length));
            told?.Invoke(_clock.GetUtcNow());
        }
    }

    private void Send(ReadOnlySpan<byte> packet)
    {
        try
        {
            _socket.Send(packet, SocketFlags.None);
        }
        catch (SocketException e)
        {
            NoteError(e);
        }
    }

    /// <summary>RFC 4733 section 2.5.1: packets of one event share its first timestamp; the end is sent three times.</summary>
    private (int Length, Action<DateTimeOffset>? Told) NextDigitPacket()
    {
        if (!_digits.TryPeek(out var next))
        {
            return (0, null);
        }
        if (_digitPacket == DigitPackets + DigitEnds)
        {
            _digits.Dequeue();
            _digitPacket = 0;
            return (0, null);
        }
        _digitStart = _digitPacket == 0 ? _timestamp : _digitStart;
        WriteHeader(DigitType, marker: _digitPacket == 0, _digitStart);
        _packet[Header] = (byte)"0123456789*#ABCD".IndexOf(next.Digit, StringComparison.Ordinal);
        _packet[Header + 1] = (byte)((_digitPacket >= DigitPackets ? 0x80 : 0) | 10);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(Header + 2), (ushort)(Math.Min(_digitPacket + 1, DigitPackets) * Voice.PacketSamples));
        _digitPacket++;
        return (Header + 4, _digitPacket == DigitPackets + 1 ? next.Sent : null);
    }

    private void WriteHeader(int type, bool marker, uint timestamp)
    {
        _packet[0] = 0x80;
        _packet[1] = (byte)(type | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), _ssrc);
    }

    private void Receive()
    {
        while (true)
        {
            var length = 0;
            try
            {
                if (_socket.Available == 0)
                {
                    return;
                }
                length = _socket.Receive(_received, SocketFlags.None);
            }
            catch (SocketException e)
            {
                NoteError(e);
                return;
            }
            if (length > Header && (_received[1] & 0x7F) == AlawType)
            {
                Hear(_received.AsSpan(Header, length - Header));
            }
        }
    }

    private void Hear(ReadOnlySpan<byte> payload)
    {
        var now = _clock.GetUtcNow();
        Heard++;
        if (FirstHeardAt is null)
        {
            FirstHeardAt = now;
            _firstHeard.TrySetResult();
        }
        LastHeardAt = now;
        if (VoiceHeardAt is not null)
        {
            return;
        }
        _pilots = Voice.IsHeard(payload, _awaited) ? _pilots + 1 : 0;
        if (_pilots == PilotsInARow)
        {
            VoiceHeardAt = now;
            _onVoice?.Invoke();
        }
    }

    // ICMP port unreachable comes as an error of the next send or receive.
    private void NoteError(SocketException e)
    {
        if (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            PortClosedAt ??= _clock.GetUtcNow();
        }
    }
}
