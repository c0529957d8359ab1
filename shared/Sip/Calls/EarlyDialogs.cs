using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Calls;

/// <summary>The early dialogs of one INVITE, one a fork (RFC 3261 section 12.1.2), with the order of their reliable responses (RFC 3262 section 4).</summary>
internal sealed class EarlyDialogs
{
    /// <summary>Forks that are followed.</summary>
    public const int ForksMax = 16;

    private EarlyDialog? latest;
    private int count;

    /// <summary>A new fork; null when there are too many.</summary>
    public EarlyDialog? Add(Dialog dialog)
    {
        if (count == ForksMax)
        {
            return null;
        }

        count++;
        return latest = new EarlyDialog(dialog, latest);
    }

    /// <summary>The fork of a response with a To tag, or null.</summary>
    public EarlyDialog? Find(SipMessage response)
    {
        var fork = latest;
        while (fork is not null && !response.HasToTag(SipSyntax.Tag(fork.Dialog.RemoteAddress)))
        {
            fork = fork.Earlier;
        }

        return fork;
    }

    public void Clear() => (latest, count) = (null, 0);

    /// <summary>True for a provisional response that asks for a PRACK; its RSeq.</summary>
    public static bool IsReliable(SipMessage response, out uint rseq)
    {
        rseq = 0;
        return SipOptionTags.Lists(response, HeaderId.Require, SipOptionTags.Reliable) && SipSyntax.TryNumber(response.Header(HeaderId.RSeq), uint.MaxValue, out rseq) && rseq > 0;
    }
}

/// <summary>One early dialog, and the fork before it.</summary>
internal sealed class EarlyDialog(Dialog dialog, EarlyDialog? earlier)
{
    private uint last;

    public EarlyDialog? Earlier { get; } = earlier;

    public Dialog Dialog { get; } = dialog;

    /// <summary>The answer that a reliable response of this fork brought.</summary>
    public string? Answer { get; set; }

    /// <summary>False for a repetition, and for one whose forerunner has not come: it comes again.</summary>
    public bool TakeRSeq(uint rseq)
    {
        if (last != 0 && rseq != last + 1)
        {
            return false;
        }

        last = rseq;
        return true;
    }
}
