using CallCenter.Media.Net;
using CallCenter.Media.Srtp;

namespace CallCenter.Media.Engine;

/// <summary>What a secure leg does between its socket and the stages: tell protocols apart, unprotect, protect.</summary>
internal sealed unsafe partial class LegCore
{
    private readonly DtlsTransport? _transport;
    // SDES: a session a profile, kept for the leg's life, so that no key stream of ours begins twice.
    private Dictionary<SrtpProfile, (SdesCrypto Remote, SrtpSession Session)>? _sdes;
    private SrtpSession? _sdesSession;

    private bool IsSecure => Handle.Security != MediaSecurity.None;
    private SrtpSession? Srtp => _transport is null ? _sdesSession : _transport.Srtp;

    /// <summary>Where media is sent.</summary>
    private NativeEndpoint Target => _transport is null ? _latch.Target : _transport.Target;

    private void SetRemoteSecurity(RemoteSecurity? remote)
    {
        if (remote is null)
        {
            return;
        }
        _transport?.SetRemote(remote, _thread.Now);
        if (remote.Crypto is { } crypto && _transport is null)
        {
            UseSdes(crypto);
        }
    }

    private void UseSdes(SdesCrypto remote)
    {
        _sdes ??= [];
        if (!_sdes.TryGetValue(remote.Profile, out var known))
        {
            var local = Handle.LocalSecurity!.Crypto.First(each => each.Profile == remote.Profile);
            known = (remote, new SrtpSession(local.Keys, remote.Keys));
        }
        else if (!known.Remote.HasKeyOf(remote))
        {
            known.Session.ReplaceRemote(remote.Keys);
            known.Remote = remote;
        }
        _sdes[remote.Profile] = known;
        if (_sdesSession != known.Session)
        {
            _sdesSession = known.Session;
            _thread.Raise(new MediaSecured(Handle, _thread.Clock.GetUtcNow(), remote.Profile));
        }
    }

    public void RestartIce(Ice.IceCredentials local) => _transport?.RestartIce(local);

    /// <summary>The first byte tells STUN, DTLS and RTP apart (RFC 7983), the second RTCP from RTP (RFC 5761, section 4).</summary>
    private void ReceiveMuxed(byte* buffer, int length, NativeEndpoint from, long now)
    {
        DropReason? dropped = null;
        switch (length < 2 ? byte.MaxValue : buffer[0])
        {
            case < 4:
                dropped = _transport!.ReceiveStun(new ReadOnlySpan<byte>(buffer, length), from, now);
                break;
            case >= 20 and < 64:
                dropped = _transport!.ReceiveDtls(buffer, length, from);
                break;
            case >= 128 and < 192 when buffer[1] is >= 192 and < 224:
                HandleRtcp(buffer, length, from);
                break;
            case >= 128 and < 192:
                HandleRtp(buffer, length, from, now);
                break;
            default:
                dropped = DropReason.Malformed;
                break;
        }
        if (dropped is { } reason)
        {
            Drop(reason);
        }
    }

    /// <summary>Decrypts in place; false when the packet ends here. Before it nothing of a packet is believed.</summary>
    private bool TryUnprotect(byte* buffer, ref int length, NativeEndpoint from, bool rtcp)
    {
        if (Srtp is not { } srtp)
        {
            Drop(DropReason.NotSecured);
            return false;
        }
        if (_transport is null ? !rtcp && !_latch.MayAccept(from) : !_transport.Knows(from))
        {
            Drop(DropReason.ForeignAddress);
            return false;
        }
        var packet = new Span<byte>(buffer, length);
        switch (rtcp ? srtp.UnprotectRtcp(packet, out length) : srtp.UnprotectRtp(packet, out length))
        {
            case SrtpResult.Ok:
                if (_transport is not null)
                {
                    _transport.HeardAt = _thread.Now;
                }
                return true;
            case SrtpResult.Malformed:
                Drop(DropReason.Malformed);
                return false;
            case SrtpResult.Replayed:
                Drop(DropReason.Replayed);
                return false;
            default:
                Drop(DropReason.Unauthenticated);
                return false;
        }
    }

    /// <summary>Of a DTLS leg ICE knows the address; its first packet is told like that of others.</summary>
    private bool TellFirst(NativeEndpoint from)
    {
        if (!_hasPacket)
        {
            _thread.Raise(new RemoteLatched(Handle, _thread.Clock.GetUtcNow(), from.ToEndPoint()));
        }
        if (from != _directTo && from == Target)
        {
            OpenDirect(from);
        }
        return true;
    }

    /// <summary>Encrypts in place behind room for <see cref="SrtpProfiles.GrowthMax"/> bytes; false when the packet must not leave.</summary>
    private bool TryProtect(byte* packet, ref int length, bool rtcp)
    {
        if (Srtp is not { } srtp)
        {
            Drop(DropReason.NotSecured);
            return false;
        }
        var buffer = new Span<byte>(packet, length + SrtpProfiles.GrowthMax);
        if (rtcp ? srtp.TryProtectRtcp(buffer, length, out length) : srtp.TryProtectRtp(buffer, length, out length))
        {
            return true;
        }
        Drop(DropReason.Replayed);
        return false;
    }

    private void CloseSecurity()
    {
        _transport?.Dispose();
        foreach (var (_, session) in _sdes?.Values ?? Enumerable.Empty<(SdesCrypto, SrtpSession)>())
        {
            session.Dispose();
        }
        (_sdes, _sdesSession) = (null, null);
    }
}
