namespace CallCenter.Media.Srtp;

/// <summary>
/// Which of the last 128 indexes below the highest were seen (RFC 3711, section 3.3.2). Both sides need one: a receiver
/// against repeated packets, a sender against using a key stream twice.
/// </summary>
internal struct ReplayWindow
{
    private const int Size = 128;

    private UInt128 _seen;

    /// <summary>The highest index seen; meaningless before the first.</summary>
    public ulong Highest { get; private set; }
    public readonly bool IsEmpty => _seen == UInt128.Zero;

    /// <summary>False: seen before, or too old to tell.</summary>
    public readonly bool Allows(ulong index)
    {
        if (IsEmpty || index > Highest)
        {
            return true;
        }
        var age = Highest - index;
        return age < Size && ((_seen >> (int)age) & UInt128.One) == UInt128.Zero;
    }

    /// <summary>Marks an index that <see cref="Allows"/> said yes to.</summary>
    public void Add(ulong index)
    {
        if (IsEmpty || index > Highest)
        {
            var step = index - Highest;
            _seen = IsEmpty || step >= Size ? UInt128.One : (_seen << (int)step) | UInt128.One;
            Highest = index;
        }
        else
        {
            _seen |= UInt128.One << (int)(Highest - index);
        }
    }

    /// <summary>
    /// The 48-bit index of a sequence number: the one nearest to the highest seen (RFC 3711, section 3.3.1).
    /// False: it would lie before the stream's beginning.
    /// </summary>
    public readonly bool TryEstimate(ushort sequence, out ulong index)
    {
        if (IsEmpty)
        {
            index = sequence;
            return true;
        }
        var step = (short)(sequence - (ushort)Highest);
        index = (ulong)((long)Highest + step);
        return step >= 0 || Highest >= (ulong)-step;
    }
}
