namespace CallCenter.Media.Engine;

/// <summary>Figures of one media thread: written by it alone, read by the meters at any time.</summary>
internal sealed class MediaCounters
{
    public static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    public long PacketsReceived;
    public long PacketsSent;
    public long PacketsRelayed;
    public long LateTicks;
    public long HandshakesDone;
    public long HandshakesFailed;
    public readonly long[] Drops = new long[Reasons.Length];
}
