using CallCenter.Media.Net;

namespace CallCenter.Media.Ice;

/// <summary>What became of a STUN message.</summary>
internal enum IceResult
{
    /// <summary>Not a Binding request as ICE sends it.</summary>
    Malformed,
    /// <summary>Not signed with our password: it gets no answer.</summary>
    Unauthenticated,
    Answered,
}

/// <summary>
/// The lite side of ICE for one component (RFC 8445, sections 2.5 and 7.3): answers the browser's checks and learns
/// from them alone where it is. A full agent is always controlling towards a lite one, so what a check says of roles is
/// not looked at. Sans I/O; times in samples of the media clock.
/// </summary>
internal sealed class IceLite(IceCredentials local)
{
    /// <summary>Addresses that passed a check at a time: a browser's interfaces; the one unheard for longest makes room.</summary>
    public const int AddressesMax = 8;

    private struct Known
    {
        public NativeEndpoint Address;
        public long HeardAt;
    }

    private readonly Known[] _known = new Known[AddressesMax];
    private IceCredentials _local = local;
    private IceCredentials? _previous;
    private bool _nominated;

    /// <summary>Where to send; nowhere before the first authenticated check.</summary>
    public NativeEndpoint Target { get; private set; }

    /// <summary>The last authenticated check; meaningless without <see cref="Target"/>.</summary>
    public long CheckedAt { get; private set; }

    /// <summary>
    /// New credentials of ours. Checks with the old ones count until the first with the new ones: the remote learns of
    /// the restart later than we do (RFC 8445, section 9).
    /// </summary>
    public void Restart(IceCredentials local)
    {
        _previous = _local;
        _local = local;
        _nominated = false;
    }

    /// <summary>The remote has new credentials: its next check says where it is, nominated or not.</summary>
    public void RemoteRestarted() => _nominated = false;

    /// <summary>Nobody has checked for so long that the address may be somebody else's by now (RFC 7675, section 5.1).</summary>
    public void Forget()
    {
        Array.Clear(_known);
        (Target, _nominated) = (default, false);
    }

    /// <summary>
    /// Reads a STUN message and writes the answer, if there is one, into <paramref name="response"/> (at least
    /// <see cref="StunMessage.ResponseMax"/>).
    /// </summary>
    public IceResult Check(ReadOnlySpan<byte> data, NativeEndpoint from, long now, Span<byte> response) => Check(data, from, now, response, out _);

    /// <inheritdoc cref="Check(ReadOnlySpan{byte}, NativeEndpoint, long, Span{byte})"/>
    public IceResult Check(ReadOnlySpan<byte> data, NativeEndpoint from, long now, Span<byte> response, out int written)
    {
        written = 0;
        if (!StunMessage.TryRead(data, out var request))
        {
            return IceResult.Malformed;
        }
        var userName = data.Slice(request.UserNameOffset, request.UserNameLength);
        if (Signer(userName) is not { } credentials || !request.IsSignedWith(data, credentials.PasswordBytes))
        {
            return IceResult.Unauthenticated;
        }
        if (credentials == _local && _previous is not null)
        {
            // The remote has followed the restart: what it was before counts no more.
            _previous = null;
            Forget();
        }
        written = StunMessage.WriteResponse(data, from, credentials.PasswordBytes, response);
        Learn(from, request.UseCandidate, now);
        return IceResult.Answered;
    }

    private IceCredentials? Signer(ReadOnlySpan<byte> userName) =>
        _local.Names(userName) ? _local : _previous?.Names(userName) == true ? _previous : null;

    /// <summary>A nominated address is sent to; before a nomination the last one that checked (DTLS begins before it).</summary>
    private void Learn(NativeEndpoint from, bool nominated, long now)
    {
        CheckedAt = now;
        var place = 0;
        for (var i = 0; i < AddressesMax; i++)
        {
            if (_known[i].Address == from)
            {
                place = i;
                break;
            }
            place = _known[i].HeardAt < _known[place].HeardAt ? i : place;
        }
        _known[place] = new Known { Address = from, HeardAt = now };
        if (nominated || !_nominated)
        {
            Target = from;
            _nominated = nominated;
        }
    }

    /// <summary>Has this address passed a check? Media and DTLS of others are nobody's.</summary>
    public bool Knows(NativeEndpoint from)
    {
        if (from == Target)
        {
            return from.Port != 0;
        }
        foreach (var known in _known)
        {
            if (known.Address == from && from.Port != 0)
            {
                return true;
            }
        }
        return false;
    }
}
