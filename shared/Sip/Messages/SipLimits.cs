namespace CallCenter.Sip.Messages;

/// <summary>Bounds of one message. What is larger is answered 400 where it can be, else dropped and counted.</summary>
public static class SipMessageLimits
{
    /// <summary>Bytes of a message, start line to the end of the body.</summary>
    public const int MessageBytesMax = 64 * 1024;

    /// <summary>Header lines of a message, folded ones counted once.</summary>
    public const int HeadersMax = 128;

    /// <summary>Bytes of one line, folded continuation included.</summary>
    public const int LineBytesMax = 8 * 1024;

    /// <summary>CSeq is below 2^31 (RFC 3261 section 8.1.1.5).</summary>
    public const uint CSeqMax = int.MaxValue;
}
