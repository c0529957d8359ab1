namespace CallCenter.Grains;

/// <summary>Keeps a caller's execution context out of what outlives the call.</summary>
internal static class Quiet
{
    public static AsyncFlowControl? Flow() =>
        ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
}
