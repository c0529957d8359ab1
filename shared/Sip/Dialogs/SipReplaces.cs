using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Dialogs;

/// <summary>
/// A dialog as the Replaces header names it (RFC 3891 section 6.1): ToTag is the tag of the one who gets the header.
/// EarlyOnly: only while the dialog is not confirmed.
/// </summary>
public sealed record SipReplaces(string CallId, string ToTag, string FromTag, bool EarlyOnly)
{
    /// <summary>Reads "callid;to-tag=a;from-tag=b;early-only". Both tags are needed.</summary>
    public static bool TryParse(string value, out SipReplaces replaces)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(value);
        var parameters = SipSyntax.Parameters(bytes);
        var callId = SipSyntax.Text(bytes.AsSpan(0, bytes.Length - parameters.Length)).Trim();
        replaces = new SipReplaces(
            callId,
            SipSyntax.TryParameter(parameters, "to-tag"u8, out var to) ? SipSyntax.Text(to) : "",
            SipSyntax.TryParameter(parameters, "from-tag"u8, out var from) ? SipSyntax.Text(from) : "",
            SipSyntax.TryParameter(parameters, "early-only"u8, out _));
        return callId.Length > 0 && replaces.ToTag.Length > 0 && replaces.FromTag.Length > 0 && value.Length <= Dialog.KeyBytesMax;
    }

    public override string ToString() => $"{CallId};to-tag={ToTag};from-tag={FromTag}{(EarlyOnly ? ";early-only" : "")}";

    internal byte[] DialogKey() => Dialog.KeyOf(System.Text.Encoding.UTF8.GetBytes(CallId), ToTag, System.Text.Encoding.UTF8.GetBytes(FromTag));
}
