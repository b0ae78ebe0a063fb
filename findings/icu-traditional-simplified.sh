#!/usr/bin/env bash
# ICU4J 77.1, the transform Traditional-Simplified: names.
# Macao's 氹仔 (Taipa) becomes 凼仔, an emperor's 乾隆 becomes 干隆, and 瞭望 (to look out) 了望, one character for one; Hong
# Kong's 衞 and 麪 stay Traditional, so 衞生署 is 衞生署 in a "Simplified" text.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>
<dependency><groupId>com.ibm.icu</groupId><artifactId>icu4j</artifactId><version>77.1</version></dependency>
</dependencies></project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Run.java <<'CODE'
import com.ibm.icu.text.Transliterator;

public class Run {
    public static void main(String[] args) {
        var simplified = Transliterator.getInstance("Traditional-Simplified");
        for (var text : new String[] {"氹仔", "乾隆", "瞭望", "衞生署", "衛生署", "麪粉"})
            System.out.println(text + " " + simplified.transliterate(text));
    }
}
CODE
java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp 'lib/*' Run.java 2>errors >seen || { cat errors >&2; exit 1; }
cat >expected <<'SEEN'
氹仔 凼仔
乾隆 干隆
瞭望 了望
衞生署 衞生署
衛生署 卫生署
麪粉 麪粉
SEEN
diff expected seen
echo "as stated"
