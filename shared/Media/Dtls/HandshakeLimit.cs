namespace CallCenter.Media.Dtls;

/// <summary>How many handshakes may be under way on one media thread: each costs it milliseconds that the calls need.</summary>
internal sealed class HandshakeLimit(int max)
{
    private int _running;

    /// <summary>False when as many as may be are under way.</summary>
    public bool TryBegin()
    {
        if (_running == max)
        {
            return false;
        }
        _running++;
        return true;
    }

    public void End() => _running--;
}
