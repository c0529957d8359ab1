using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("CallCenter.Sip.Tests")]
