using System.Runtime.InteropServices;
using CallCenter.Media.Dtls;
using CallCenter.Media.Ice;
using CallCenter.Media.Net;
using CallCenter.Media.Srtp;

namespace CallCenter.Media.Engine;

/// <summary>
/// The way to a browser (RFC 8827): one socket for STUN, DTLS and SRTP.
///
///   1 checks  answered when signed with our password; they alone say where the browser is
///   2 DTLS    we are the server; begins with the first hello from a checked address, before or after the SDP
///   3 verdict when the handshake is done and the SDP is known: is the certificate the one of the fingerprint?
///   4 media   <see cref="Srtp"/> is there from the verdict on; nothing passes before
///
/// Only the media thread touches this object.
/// </summary>
internal sealed unsafe class DtlsTransport : IDisposable
{
    // Nothing heard for so long: nothing is sent any more either (RFC 7675, section 5.1).
    private const long ConsentSamples = 30 * Clip.Rate;
    private const byte HandshakeRecord = 22;

    private readonly MediaLeg _leg;
    private MediaThread _thread;
    private readonly UdpSocket _socket;
    private readonly IceLite _ice;
    private readonly DtlsContext _context;
    private readonly DatagramSender _send;

    private DtlsSession? _dtls;
    private NativeEndpoint _dtlsPeer;
    private RemoteSecurity? _remote;
    private Fingerprint? _fingerprint;
    private bool _over;
    // 0: not running.
    private long _handshakeDue;
    private long _armedAt;
    private bool _lost;

    public DtlsTransport(MediaLeg leg, MediaThread thread, UdpSocket socket, IceCredentials local, DtlsContext context)
    {
        (_leg, _thread, _socket, _context) = (leg, thread, socket, context);
        _ice = new IceLite(local);
        _send = (data, length) => _ = _socket.Send(data, length, _dtlsPeer);
    }

    /// <summary>The keys in force; null: nothing may pass.</summary>
    public SrtpSession? Srtp { get; private set; }

    /// <summary>A handshake is under way, and counts among the thread's.</summary>
    public bool IsHandshaking { get; private set; }

    /// <summary>From now on that thread alone touches it.</summary>
    public void Enter(MediaThread thread) => _thread = thread;

    /// <summary>The browser's address; unspecified while unknown.</summary>
    public NativeEndpoint Target => _ice.Target;

    /// <summary>The last authentic media packet.</summary>
    public long HeardAt { get; set; }

    public bool Knows(NativeEndpoint from) => _ice.Knows(from);

    public void RestartIce(IceCredentials local) => _ice.Restart(local);

    public void SetRemote(RemoteSecurity remote, long now)
    {
        if (_remote is not null && !string.Equals(_remote.Fingerprint, remote.Fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            // Another certificate is another association (RFC 8842, section 4).
            Reset();
            (_over, _handshakeDue) = (false, now + _thread.HandshakeSamples);
        }
        if (_remote is not null && (_remote.IceUfrag != remote.IceUfrag || _remote.IcePassword != remote.IcePassword))
        {
            _ice.RemoteRestarted();
        }
        if (_remote is null)
        {
            _armedAt = now;
        }
        _remote = remote;
        _ = Fingerprint.TryParse(remote.Fingerprint, out _fingerprint);
        Judge();
    }

    // ---- datagrams; each says why it was dropped, if it was ----

    public DropReason? ReceiveStun(ReadOnlySpan<byte> data, NativeEndpoint from, long now)
    {
        var before = _ice.Target;
        var response = stackalloc byte[StunMessage.ResponseMax];
        var result = _ice.Check(data, from, now, new Span<byte>(response, StunMessage.ResponseMax), out var length);
        if (result != IceResult.Answered)
        {
            return result == IceResult.Malformed ? DropReason.Malformed : DropReason.Unauthenticated;
        }
        _ = _socket.Send(response, length, from);
        if (_handshakeDue == 0 && Srtp is null && !_over)
        {
            _handshakeDue = now + _thread.HandshakeSamples;
        }
        if (_ice.Target != before || _lost)
        {
            TellConnected();
        }
        return null;
    }

    public DropReason? ReceiveDtls(byte* data, int length, NativeEndpoint from)
    {
        if (!_ice.Knows(from))
        {
            return DropReason.ForeignAddress;
        }
        if (_over)
        {
            return DropReason.NotSecured;
        }
        if (_dtls is null)
        {
            if (data[0] != HandshakeRecord)
            {
                return DropReason.Malformed;
            }
            if (!_thread.Handshakes.TryBegin())
            {
                return DropReason.Busy;
            }
            IsHandshaking = true;
            _dtls = new DtlsSession(_context, server: true, _send);
        }
        _dtlsPeer = from;
        _dtls.Receive(data, length);
        Judge();
        return null;
    }

    /// <summary>Each 20 ms: repeated flights, deadlines, silence.</summary>
    public void Tick(long now)
    {
        if (IsHandshaking)
        {
            _dtls!.Tick();
            Judge();
        }
        if (_handshakeDue != 0 && now > _handshakeDue && _dtls?.State != DtlsState.Connected)
        {
            Fail("STUN checks came, but no DTLS handshake was finished in time: is setup 'passive' or 'actpass' in our SDP, and the remote's 'active'?");
        }
        WatchIce(now);
    }

    private void WatchIce(long now)
    {
        var known = _ice.Target.CanBeSentTo;
        if (!known && _armedAt == 0)
        {
            return;
        }
        var heard = known ? Math.Max(_ice.CheckedAt, HeardAt) : Math.Max(_armedAt, HeardAt);
        if (now - heard <= _thread.IceSamples)
        {
            if (_lost)
            {
                TellConnected();
            }
        }
        else if (!_lost)
        {
            _lost = true;
            var wall = _thread.Clock.GetUtcNow();
            _thread.Raise(new IceDisconnected(_leg, wall, wall - TimeSpan.FromSeconds((double)(now - heard) / Clip.Rate)));
        }
        if (known && now - heard > ConsentSamples)
        {
            _ice.Forget();
        }
    }

    private void TellConnected()
    {
        if (_ice.Target.CanBeSentTo)
        {
            _lost = false;
            _thread.Raise(new IceConnected(_leg, _thread.Clock.GetUtcNow(), _ice.Target.ToEndPoint()));
        }
    }

    // ---- the verdict ----

    private void Judge()
    {
        if (IsHandshaking && _dtls!.State != DtlsState.Handshaking)
        {
            EndHandshake();
        }
        switch (_dtls?.State)
        {
            case DtlsState.Failed when !_over:
                Fail($"DTLS: {_dtls.Failure}.");
                break;
            case DtlsState.Closed when !_over:
                Reset();
                _over = true;
                _thread.Raise(new RemoteClosed(_leg, _thread.Clock.GetUtcNow()));
                break;
            case DtlsState.Connected when Srtp is null && _fingerprint is not null:
                Decide(_dtls, _fingerprint);
                break;
        }
    }

    private void Decide(DtlsSession dtls, Fingerprint fingerprint)
    {
        if (!fingerprint.Matches(dtls.PeerCertificate()))
        {
            Fail("The certificate of the DTLS handshake is not the one of the SDP's fingerprint: somebody is in between, or the SDP belongs to another call.");
            return;
        }
        Srtp = dtls.CreateSrtp();
        if (Srtp is null)
        {
            Fail("The remote offers no SRTP profile that we have: AEAD_AES_128_GCM or AES_CM_128_HMAC_SHA1_80.");
            return;
        }
        _handshakeDue = 0;
        _thread.Counters.HandshakesDone++;
        _thread.Raise(new MediaSecured(_leg, _thread.Clock.GetUtcNow(), Srtp.Profile));
    }

    private void Fail(string reason)
    {
        Reset();
        _over = true;
        _thread.Counters.HandshakesFailed++;
        _thread.Raise(new MediaSecurityFailed(_leg, _thread.Clock.GetUtcNow(), reason));
    }

    private void EndHandshake()
    {
        IsHandshaking = false;
        _thread.Handshakes.End();
    }

    private void Reset()
    {
        if (IsHandshaking)
        {
            EndHandshake();
        }
        _handshakeDue = 0;
        _dtls?.Dispose();
        _dtls = null;
        Srtp?.Dispose();
        Srtp = null;
    }

    /// <summary>Says close_notify and forgets the keys.</summary>
    public void Dispose()
    {
        _dtls?.Close();
        Reset();
        _over = true;
    }
}
