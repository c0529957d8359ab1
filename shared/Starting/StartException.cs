namespace CallCenter.Starting;

/// <summary>A start that cannot go on: one line that says what is wrong and how to mend it.</summary>
internal sealed class StartException(string message) : Exception(message);
